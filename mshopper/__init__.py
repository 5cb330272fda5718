"""mshopper: evaluate shops offline on laptops, and compare them."""

__version__ = "0.1.0"

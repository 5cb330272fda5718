"""The demo: the shops and visits of a chain that doesn't exist, in a data folder of its own, made by the real operations.

`samples` reads what is shipped in resources/sample, `schedule` says who visits what and when, `respondent` and `facts`
fill in a visit as a person would, `making` makes the data folder, `output` writes its reports and tables.
"""

from mshopper.operations.demo.making import make_demo
from mshopper.operations.demo.output import DemoOutput, write_demo

__all__ = ["DemoOutput", "make_demo", "write_demo"]

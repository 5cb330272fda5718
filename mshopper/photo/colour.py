"""Any picture's colours as sRGB on white.

Two steps of the intake, around its reduction: `resizable` before it (a mode that averages rightly), `on_white_in_srgb`
after it, when there are far fewer pixels to convert.
"""

import io

from PIL import Image, ImageCms

_RESIZABLE = {"L", "RGB", "RGBA", "CMYK", "LAB"}
_PROFILE_MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}


def resizable(picture: Image.Image) -> Image.Image | None:
    """The same picture in 8 bits a channel, without a palette: L, RGB, RGBA, CMYK or LAB; None where it has no colours.

    16-bit grey is divided by 256, since the plain conversion of some of its modes turns all above 255 white.
    """
    mode = picture.mode
    if mode.startswith("I;16"):
        grey = picture if mode == "I;16" else picture.convert("I")
        return grey.point(lambda value: value * (1 / 256)).convert("L")
    if "transparency" in picture.info or mode in ("LA", "PA", "La", "RGBa"):
        return picture.convert("RGBA")
    if mode in _RESIZABLE:
        return picture
    if mode == "1":
        return picture.convert("L")
    if mode in ("P", "RGBX", "YCbCr", "HSV"):
        return picture.convert("RGB")
    return None


def on_white_in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """`picture`, of a mode that `resizable` gives, as RGB: alpha over white, colours by its ICC profile if any."""
    if picture.mode == "RGBA":
        white = Image.new("RGB", picture.size, "white")
        white.paste(picture, mask=picture.getchannel("A"))
        picture = white
    if picture.mode == "LAB":
        return _converted(picture, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")))
    if profile:
        try:
            return _by_profile(picture, profile)
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            # A damaged profile: the plain numbers are what every viewer shows.
            pass
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def _by_profile(picture: Image.Image, data: bytes) -> Image.Image:
    profile = ImageCms.ImageCmsProfile(io.BytesIO(data))
    space = str(profile.profile.xcolor_space).strip()
    if _PROFILE_MODES.get(space) != picture.mode:
        raise ValueError(f"a {space} profile in a {picture.mode} picture")
    if picture.mode == "RGB" and (profile.profile.profile_description or "").startswith("sRGB"):
        return picture
    return _converted(picture, profile)


def _converted(picture: Image.Image, profile: ImageCms.ImageCmsProfile) -> Image.Image:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    converted = ImageCms.profileToProfile(picture, profile, srgb, outputMode="RGB")
    assert converted is not None  # only a conversion in place gives None
    return converted

# SPDX-License-Identifier: MIT
from PIL import Image, ImageDraw, ImageFilter, ImageFont, features

image = Image.new("RGB", (320, 200), "white")
draw = ImageDraw.Draw(image)
draw.rectangle((10, 10, 100, 100), fill=(200, 0, 0), outline="black")
draw.ellipse((120, 10, 220, 110), fill="#00c800")
font = ImageFont.truetype("DejaVuSans.ttf", 24)
draw.text((10, 140), "Grüße – مرحبا", font=font, fill="navy")
assert font.getlength("WW") > font.getlength("ii")
assert features.check("raqm") and features.check("webp")

for name, kind in (("a.png", "PNG"), ("a.jpeg", "JPEG"), ("a.webp", "WEBP"),
                   ("a.gif", "GIF"), ("a.tiff", "TIFF"), ("a.bmp", "BMP")):
    image.save(name)
    with Image.open(name) as again:
        assert again.format == kind and again.size == (320, 200)
        red, green, blue = again.convert("RGB").getpixel((50, 50))
        assert red > 180 and green < 30 and blue < 30, name
with Image.open("a.png") as again:
    assert again.tobytes() == image.tobytes()
small = image.resize((32, 20), Image.Resampling.LANCZOS).rotate(90, expand=True)
assert small.size == (20, 32)
assert image.filter(ImageFilter.GaussianBlur(2)).size == image.size
assert len(image.quantize(16).getcolors()) <= 16
assert image.convert("L").histogram()[255] > 1000
print("pillow works")

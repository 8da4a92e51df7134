# SPDX-License-Identifier: MIT
import os

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from mpl_toolkits.mplot3d import Axes3D

assert matplotlib.get_backend().lower() == "agg"
x = np.linspace(0, 10, 200)
fig, axes = plt.subplots(2, 2, figsize=(6, 4))
axes[0, 0].plot(x, np.sin(x), label=r"$\sin(x)$")
axes[0, 0].legend()
axes[0, 0].set_title("sine — Ω", style="italic", weight="bold")
axes[0, 1].hist(np.random.default_rng(1).normal(size=500), bins=20)
axes[1, 0].imshow(np.outer(x, x), cmap="viridis")
axes[1, 1].text(0.1, 0.5, r"$\frac{a}{\sqrt{b}}\;\mathcal{L}$", fontsize=14)
fig.tight_layout()
plt.savefig("a.png", dpi=100)
plt.savefig("a.svg")
plt.close(fig)

surface = plt.figure().add_subplot(projection="3d")
assert isinstance(surface, Axes3D)
surface.plot_surface(*np.meshgrid(x[::20], x[::20]), np.ones((10, 10)))
plt.savefig("b.png")
plt.savefig("b.pdf")
with plt.xkcd(), plt.style.context("ggplot"):
    pass
plt.show()

with open("a.png", "rb") as file:
    assert file.read(8) == b"\x89PNG\r\n\x1a\n"
assert plt.imread("a.png").shape == (400, 600, 4)
with open("a.svg", encoding="utf-8") as file:
    assert "<svg" in file.read()
with open("b.pdf", "rb") as file:
    assert file.read(5) == b"%PDF-"
# Nothing that the program did not write itself.
names = {"a.png", "a.svg", "b.png", "b.pdf", os.path.basename(__file__)}
assert set(os.listdir()) == names, os.listdir()
assert os.listdir("/tmp") == [], os.listdir("/tmp")
print("matplotlib works")

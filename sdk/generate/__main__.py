"""Writes what of the SDKs is generated: `make sdk-generate`. `--check` exits with 1 where it is another."""

import sys

import halves
import models

made = models.generated() | halves.generated()
if "--check" in sys.argv:
    there = {path: path.read_text() if path.exists() else "" for path in made} | halves.present()
    sys.exit(int(made != there))
for gone in halves.present().keys() - made.keys():
    gone.unlink()
for path, text in made.items():
    path.write_text(text)

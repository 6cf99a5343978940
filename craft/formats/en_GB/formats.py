"""How Django's own pages, the admin, write a moment: as Craft's do, by 24 hours."""

DATETIME_FORMAT = "j M Y, H:i"

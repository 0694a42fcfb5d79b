"""A small portal of a school, to try Allclear beside; `make portal` starts it."""

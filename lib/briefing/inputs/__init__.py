"""Files in, checked and frozen values out."""

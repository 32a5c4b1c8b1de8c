"""Django's admin for those who run the installation: it shows, and changes nothing by itself."""

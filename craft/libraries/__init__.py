"""Settings of the libraries that Craft stands on, as far as no variable of the environment changes them."""

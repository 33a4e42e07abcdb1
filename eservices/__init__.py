"""The e-services core: people, procedures, files, journal, mail; plugins join through `eservices.contract`."""

"""Camps for children; joins through the plugin contract."""

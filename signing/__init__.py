"""Signatures in three levels; joins through the plugin contract."""

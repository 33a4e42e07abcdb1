"""The rules that change something, one verb each."""

"""The whole dossier as one archive, and back: what is written (docs/archive.md), and the act that restores it."""

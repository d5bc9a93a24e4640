"""The archive of a dossier: what it holds, what it refuses, and that it restores the dossier as it was."""

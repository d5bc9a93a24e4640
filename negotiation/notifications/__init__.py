"""What is told to people, by mail: plain French text, sent outside every transaction."""

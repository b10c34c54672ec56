"""The command catalogue: one entry per command feeds keys, footer, help and palette."""

"""The checkout service: prices, vouchers, shipping and quotes."""

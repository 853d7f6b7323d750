"""What if: assumptions take the place of measurements, and the same functions compare, count readiness and forecast."""

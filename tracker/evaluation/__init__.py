"""From records to gaps: asks (what is asked of whom), data (grouped queries), compare (pure), store (what changed)."""

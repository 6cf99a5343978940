"""Mixed traffic against a model: `register` is what a fact may be at a moment, `world` calls and judges."""

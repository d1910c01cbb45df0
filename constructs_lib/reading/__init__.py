"""Reading synthesized templates: what pages whom, without a deployment and without Node."""

"""What holds for this checkout only: the plugin comes by its entry point, and only shipped folders hold tests."""

collect_ignore_glob = [".venv*/*", "out/*", "build/*", "dist/*"]

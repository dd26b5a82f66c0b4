"""The tests: `core` mirrors the rooms of the library; `app` runs pages without a browser, `browser` with one."""

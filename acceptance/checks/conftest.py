"""What pytest needs to run the checks."""

pytest_plugins = ("acceptance.fixtures", "acceptance.pytest_plugin")

import pytest

from tests.deploy.manifests import OVERLAYS, Manifests, render


@pytest.fixture(scope="session", params=OVERLAYS)
def manifests(request: pytest.FixtureRequest) -> Manifests:
    return render(f"overlays/{request.param}")

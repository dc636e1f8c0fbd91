"""What the specification asks, by number: requirements, success criteria, acceptance scenarios, edge cases."""

from typing import NamedTuple


class Clause(NamedTuple):
    """One numbered sentence of the specification, word for word."""

    number: str
    text: str

    @property
    def kind(self) -> str:
        """The heading under which it stands."""
        return KINDS[self.number.partition("-")[0].rstrip("1234567890")]


KINDS = {
    "FR": "Functional requirements",
    "SC": "Success criteria",
    "US": "Acceptance scenarios",  # US2-3 is the third scenario of the second user story
    "EC": "Edge cases",  # numbered in their order
}

CLAUSES: dict[str, Clause] = {
    clause.number: clause
    for clause in (
        Clause(
            "FR-001", "System MUST provide Dockerfiles for both frontend and backend services using multi-stage builds"
        ),
        Clause(
            "FR-002",
            "Backend Dockerfile MUST use Python 3.13-slim base image and `uv` package manager for dependency "
            "installation",
        ),
        Clause(
            "FR-003",
            "Frontend Dockerfile MUST use Node 20-alpine base image with separate stages for dependency "
            "installation, build, and runtime",
        ),
        Clause("FR-004", "Backend container MUST expose port 8000 for FastAPI application"),
        Clause("FR-005", "Frontend container MUST expose port 3000 for Next.js application"),
        Clause(
            "FR-006",
            "System MUST provide a Helm chart named `todo-stack` that packages both frontend and backend deployments",
        ),
        Clause(
            "FR-007",
            "Helm chart MUST support environment configuration via values with at least `local` and `production` modes",
        ),
        Clause("FR-008", "Frontend service MUST be accessible via NodePort on fixed port 30080 in local mode"),
        Clause("FR-009", "Backend service MUST use ClusterIP type (not externally accessible) in all deployment modes"),
        Clause(
            "FR-010",
            "All Kubernetes pods MUST have standardized labels including `app: todo`, `tier: [frontend|backend]`, "
            "and `environment: [local|production]`",
        ),
        Clause(
            "FR-011",
            "System MUST support connection to external Neon PostgreSQL database (no persistent volumes required)",
        ),
        Clause("FR-012", "Helm chart MUST inject database credentials and API keys via Kubernetes Secrets"),
        Clause("FR-013", "Deployment MUST include readiness and liveness probes for both frontend and backend pods"),
        Clause(
            "FR-014",
            "System MUST support AI ops tooling compatibility (`kubectl-ai` and `kagent`) through descriptive "
            "labels and annotations",
        ),
        Clause(
            "FR-015",
            "Backend deployment MUST support multiple replicas (minimum 2) for load distribution and high availability",
        ),
        Clause("FR-016", "Frontend deployment MUST run as single replica (1) for local development efficiency"),
        Clause(
            "FR-017",
            "System MUST inject the following environment variables via Kubernetes Secrets: `DATABASE_URL`, "
            "`OPENAI_API_KEY`, `BETTER_AUTH_SECRET`",
        ),
        Clause(
            "FR-018", "Frontend build process MUST optimize for minimal runtime footprint (standalone output pattern)"
        ),
        Clause(
            "FR-019",
            "All deployment configuration (replica counts, resource limits, environment variables) MUST be "
            "externalized to Helm values",
        ),
        Clause("FR-020", "System MUST support optional ingress configuration for advanced local networking scenarios"),
        Clause(
            "FR-021",
            "Backend replicas MUST share stateless architecture compatible with load balancing across instances",
        ),
        Clause(
            "FR-022", "Helm chart MUST provide default values for all required configuration with clear documentation"
        ),
        Clause(
            "SC-001",
            "Developer can deploy the entire stack to Minikube in under 5 minutes from chart installation command",
        ),
        Clause("SC-002", "Backend Docker image size is under 200MB (excluding base layers)"),
        Clause("SC-003", "Frontend Docker image size is under 150MB (excluding base layers)"),
        Clause("SC-004", "All pods reach Ready state within 2 minutes of deployment"),
        Clause("SC-005", "Frontend is accessible at `http://localhost:30080` within 30 seconds of pods becoming ready"),
        Clause(
            "SC-006",
            "System supports switching between local and production configurations with a single Helm value change",
        ),
        Clause(
            "SC-007",
            "100% of required environment variables and secrets are injected via Kubernetes Secrets (zero "
            "hardcoded credentials)",
        ),
        Clause(
            "SC-008",
            "AI ops tools (`kubectl-ai`, `kagent`) can successfully query and describe deployed resources using "
            "standard labels",
        ),
        Clause("SC-009", "Backend container build time is under 3 minutes with warm Docker cache"),
        Clause("SC-010", "Frontend container build time is under 4 minutes with warm Docker cache"),
        Clause(
            "SC-011", "Backend scales to 2 replicas with all instances healthy and receiving traffic within 3 minutes"
        ),
        Clause(
            "SC-012",
            "System remains responsive when one backend replica fails (requests continue to be served by "
            "remaining replicas)",
        ),
        Clause(
            "SC-013",
            "All required secrets (DATABASE_URL, OPENAI_API_KEY, BETTER_AUTH_SECRET) are successfully injected "
            "and accessible to pods",
        ),
        Clause(
            "SC-014", "Configuration changes can be applied by updating Helm values without modifying chart templates"
        ),
        Clause(
            "US1-1",
            "Given Minikube is installed and running, When I deploy the `todo-stack` Helm chart with local "
            "configuration, Then both frontend and backend pods start successfully and reach Ready state within 2 "
            "minutes",
        ),
        Clause(
            "US1-2",
            "Given the stack is deployed locally, When I access `http://localhost:30080`, Then the frontend loads "
            "and can communicate with the backend API",
        ),
        Clause(
            "US1-3",
            "Given local deployment is complete, When I check pod labels, Then all pods have `app: todo` and "
            "appropriate `tier` labels for AI ops compatibility",
        ),
        Clause(
            "US2-1",
            "Given backend Dockerfile exists, When I build the backend image, Then it uses Python 3.13-slim base "
            "and `uv` for package management with multi-stage optimization",
        ),
        Clause(
            "US2-2",
            "Given frontend Dockerfile exists, When I build the frontend image, Then it uses Node 20-alpine with "
            "three stages: dependencies install, build, and minimal runtime",
        ),
        Clause(
            "US2-3",
            "Given both images are built, When I inspect image sizes, Then backend image is under 200MB and "
            "frontend image is under 150MB (excluding base layers)",
        ),
        Clause(
            "US3-1",
            "Given the Helm chart is configured for local mode, When I deploy with `--set environment=local`, "
            "Then frontend service uses NodePort type on port 30080",
        ),
        Clause(
            "US3-2",
            "Given the Helm chart is configured for production mode, When I deploy with `--set "
            "environment=production`, Then frontend service uses LoadBalancer type",
        ),
        Clause(
            "US3-3",
            "Given any deployment mode, When I inspect backend service, Then it always uses ClusterIP type "
            "(internal only)",
        ),
        Clause(
            "US4-1",
            "Given the Helm chart is deployed, When I check backend pods, Then at least 2 backend replicas are "
            "running and in Ready state",
        ),
        Clause(
            "US4-2",
            "Given multiple backend replicas are running, When I send API requests, Then requests are distributed "
            "across different backend pod instances",
        ),
        Clause(
            "US4-3",
            "Given one backend replica fails, When I continue sending requests, Then the system remains "
            "responsive using remaining healthy replicas",
        ),
        Clause(
            "EC-1",
            "What happens when Minikube cluster has insufficient resources (CPU/memory) to schedule multiple "
            "backend replicas?",
        ),
        Clause("EC-2", "How does the system handle image pull failures (e.g., Docker Hub rate limits)?"),
        Clause("EC-3", "What occurs if database connection to external Neon fails during pod startup?"),
        Clause("EC-4", "How are environment variable changes (secrets, config) applied to running pods?"),
        Clause("EC-5", "What happens when frontend tries to connect to backend before backend replicas are ready?"),
        Clause("EC-6", "How does the system behave when one backend replica is unhealthy but others are running?"),
        Clause(
            "EC-7",
            "What occurs if required secrets (DATABASE_URL, OPENAI_API_KEY, BETTER_AUTH_SECRET) are missing or "
            "invalid?",
        ),
        Clause("EC-8", "How does the system handle updates to secrets without pod restarts?"),
    )
}

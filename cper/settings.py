"""Settings. Every difference between deployments is an environment variable (README, « Déployer »).

Without SECRET_KEY the project runs in its embedded form: local addresses only, a key kept under var/.
With SECRET_KEY and without DEBUG it is in production: HTTPS, secure cookies, demonstration accounts refused.
"""
import contextlib
import os
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
VAR.mkdir(parents=True, exist_ok=True)
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]


def local_secret_key():
    """The embedded form's own key: made once, whole, readable by its owner only; the first process wins."""
    path, draft = VAR / "secret.key", VAR / f".secret.{os.getpid()}"
    if not path.exists():
        draft.touch(mode=0o600)
        draft.write_text(get_random_secret_key())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text()


DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
PRODUCTION = bool(SECRET_KEY) and not DEBUG
if not SECRET_KEY:
    if env.list("ALLOWED_HOSTS", default=[]):
        raise ImproperlyConfigured("ALLOWED_HOSTS est défini : SECRET_KEY doit l’être aussi.")
    SECRET_KEY = local_secret_key()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else LOCAL_HOSTS)
if PRODUCTION and (not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS):
    raise ImproperlyConfigured("En production, ALLOWED_HOSTS nomme le site (et jamais « * »).")
CSRF_TRUSTED_ORIGINS = [f"https://{host.lstrip('.')}" for host in ALLOWED_HOSTS if PRODUCTION]

INSTALLED_APPS = [
    "negotiation",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_tasks",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "csp",
    "crispy_forms",
]
MIDDLEWARE = [
    "negotiation.middleware.SafeResponses",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "negotiation.middleware.LightRequests",
    "negotiation.middleware.ReadableQuery",
    "negotiation.middleware.SignedIn",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "negotiation.middleware.ToldMethods",
]
ROOT_URLCONF = "cper.urls"
WSGI_APPLICATION = "cper.wsgi.application"
TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "DIRS": [BASE_DIR / "templates"],
    "OPTIONS": {
        "loaders": [("django.template.loaders.cached.Loader", [
            "cper.typography.FrenchLoader", "django.template.loaders.app_directories.Loader"])],
        "context_processors": [
            "django.template.context_processors.request",
            "django.contrib.auth.context_processors.auth",
            "django.contrib.messages.context_processors.messages",
        ],
    },
}]

DATABASES = {"default": env.db_url_config(env.str("DATABASE_URL", default="") or f"sqlite:///{VAR / 'cper.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE: writers queue instead of failing with « database is locked »; FULL: an acknowledged
    # approval survives a power cut; recursive triggers: what a REPLACE removes meets the journal's guard too.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
                        "PRAGMA recursive_triggers=ON",
    }
else:
    DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Shared by every worker: the throttling of sign-in counts in it.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache",
                      # The counters must outlive the crowd that would push them out.
                      "OPTIONS": {"MAX_ENTRIES": 100_000}}}

# Long work (the file of an edition): done at once by the process that asks, or queued in the database for the workers
# (manage.py run_tasks), which may be as many as wanted and share VAR_DIR and FILES_ROOT with the site.
BACKENDS = {"immediate": "django_tasks.backends.immediate.ImmediateBackend",
            "database": "django_tasks_db.DatabaseBackend"}
if (tasks := env.str("TASKS", default="immediate")) not in BACKENDS:
    raise ImproperlyConfigured(f"TASKS vaut « {tasks} » : écrivez « immediate » ou « database ».")
QUEUED = tasks == "database"
TASKS = {"default": {"BACKEND": BACKENDS[tasks]}}

AUTH_USER_MODEL = "negotiation.User"
AUTHENTICATION_BACKENDS = ["negotiation.accounts.Backend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in [
        ("UserAttributeSimilarityValidator", {"user_attributes": ["email", "name"]}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
    ]
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "tasks"
ACCOUNT_ADAPTER = "negotiation.accounts.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
# A whole office sits behind one address: the address alone is loose, an account seen from one address is tight, an
# account seen from everywhere is slowed down (login_account), never locked for long (negotiation/accounts.py).
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": "60/m/ip,8/5m/key", "login_account": "50/5m/key",
                       "reset_password": "20/m/ip,5/h/key", "change_password": "5/m/user",
                       "invitation": "60/h/user", "invitation_resend": "3/h/key", "invitation_join": "30/m/ip",
                       # Codes and links that name no edition; those that do are not counted.
                       "verification": "30/m/ip", "share": "30/m/ip"}
# How many proxies stand in front and write X-Forwarded-For.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=1 if PRODUCTION else 0)
SESSION_COOKIE_AGE = 10 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "negotiation.views.errors.csrf_failure"

# A reset link never goes to the log of a server: without EMAIL_URL, production hands mail to the machine itself.
vars().update(env.email_url("EMAIL_URL", default="smtp://localhost:25" if PRODUCTION else "consolemail://"))
EMAIL_TIMEOUT = 10
# Where the links of mails lead, and what is printed; the demonstration is served on PORT.
SITE_URL = env.str("SITE_URL", default=f"https://{ALLOWED_HOSTS[0].lstrip('.')}" if PRODUCTION
                   else f"http://localhost:{env.str('PORT', default='8000')}").rstrip("/")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="ne-pas-repondre@cper.example")

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
TIME_ZONE = "Africa/Bamako"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "cper.bundle.StylesheetFinder",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "cper.storage.LightStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# Uploaded files and stored booklets: private, outside the static root, named by their SHA-256.
FILES_ROOT = Path(env.str("FILES_ROOT", default=str(VAR / "files")))
# Ten megabytes of pasted text must come back in the form with a sentence, not as a bare error.
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
FILE_UPLOAD_PERMISSIONS = 0o600

# Everything that goes wrong is told on the error output, with its cause; never a password, a mail or a file.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"links": {"()": "cper.logs.HideLinks"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["links"]}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # Django's own handlers speak in DEBUG, or by mail to nobody: the root speaks for them.
    # A refusal (403, 404…) is no fault of the application: its traceback would bury one.
    "loggers": {"django": {"handlers": [], "level": "WARNING"}, "django.request": {"level": "ERROR"}},
}

CRISPY_ALLOWED_TEMPLATE_PACKS = ("cper",)
CRISPY_TEMPLATE_PACK = "cper"

CONTENT_SECURITY_POLICY = {"DIRECTIVES": {
    "default-src": [NONE], "script-src": [SELF], "style-src": [SELF], "img-src": [SELF], "font-src": [SELF],
    "connect-src": [SELF], "form-action": [SELF], "frame-ancestors": [NONE], "base-uri": [NONE],
}}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # A supervisor on the machine itself asks without HTTPS.
    SECURE_REDIRECT_EXEMPT = [r"^sante/$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"

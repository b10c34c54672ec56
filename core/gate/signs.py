"""Words by which an error tells that its cause is around the code, whatever language said them."""

# Patterns are tables; breaking their lines hides them.
# ruff: noqa: E501

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sign:
    """category: what is wrong, in words. kind: of ticket. check: what to look at. subject: group 1 where it has one."""

    category: str
    kind: str
    check: str
    pattern: re.Pattern[str]


def _sign(category: str, kind: str, check: str, pattern: str) -> Sign:
    return Sign(category, kind, check, re.compile(pattern, re.IGNORECASE))


_MIGRATED = "see whether the migration ran where this release runs"
_POOL = "look at slow queries, at leaks and at the pool's size"
_MEMORY = "look at the limit of the process and at its growth"
_SET = "set it where this release runs"
_LIMIT = "ask for a higher limit, or send less: cache, batch, spread out"
SIGNS = (
    _sign("expired certificate", "certificate", "renew it, and ask who watches its end date",
          r"certificate (?:has |is )?expired|CertificateExpired|CERT_HAS_EXPIRED|certificate is not yet valid|x509: certificate has expired"
          r"|CertPathValidator\w+:.{0,80}(?:validity|timestamp) check failed"),
    _sign("untrusted certificate", "certificate", "install the chain, or renew it for this host",
          r"self[- ]signed certificate|unable to get local issuer|hostname mismatch|certificate is not valid for|x509: certificate"
          r"|unable to verify the first certificate"),
    _sign("disk full", "capacity", "free space on the volume, and see what fills it",
          r"no space left on device|disk quota exceeded|database or disk is full|\bENOSPC\b|there is not enough space on the disk"),
    _sign("too many open files", "capacity", "look at the process's limit and at what it leaves open",
          r"too many open files|\bEMFILE\b|\bENFILE\b"),
    _sign("out of memory", "capacity", _MEMORY,
          r"cannot allocate memory|out of memory|OutOfMemoryError|java heap space|GC overhead limit|\bOOM-?Killed\b|heap limit"
          r"|^MemoryError\b|unable to allocate .{1,40}(?:bytes|[KMG]iB)|allocation failed|\bENOMEM\b|can't start new thread|unable to create (?:new )?native thread"),
    _sign("connection pool exhausted", "capacity", _POOL,
          r"queuepool limit|(?:connection )?pool (?:is |has been )?(?:exhausted|timed? ?out|full)|pool timeout|PoolTimeout|\bPoolError\b|too many connections|too many clients"
          r"|remaining connection slots|couldn't get a connection after|(?:connection|client) is not available, request timed out"
          r"|timeout acquiring a connection|ConnectionPoolTimeout|ResourceRequest timed out|could not obtain a connection from the pool"
          r"|ConnectionTimeoutError: could not obtain"),
    _sign("queue full", "capacity", "look at what consumes it, and at how much is sent",
          r"queue (?:is )?full|RejectedExecutionException|backpressure|back-pressure|buffer (?:is )?full|kombu.{0,40}resource.limit|memory used > 'maxmemory'"
          r"|OOM command not allowed|circuit ?breaker.{0,30}(?:open|tripped)|CircuitBreakerError|CallNotPermitted|Throttl(?:ing|ed)Exception|ProvisionedThroughputExceeded"),
    _sign("rate limit", "capacity", _LIMIT,
          r"\b429\b.{0,3}(?:client error|too many)|(?:status(?: code)?|HTTP|code)[ :=]+429\b|too many requests|rate ?limit(?:ed|s)?(?: exceeded| reached)?\b|quota (?:has been )?exceeded|RESOURCE_EXHAUSTED|RateLimit(?:Error|Exceeded)\w*|insufficient_quota|\(SlowDown\)|reduce your request rate|RequestLimitExceeded|TooManyRequests(?:Exception|Error)"),
    _sign("missing column", "missing migration", _MIGRATED,
          r"no such column:? ?([\w.]{1,100})?|column [\"'`]?([\w.]{1,100})[\"'`]? (?:of relation [\"'`]?\w{1,100}[\"'`]? )?does not exist"
          r"|unknown column '([\w.]{1,100})'|The column .{1,100} does not exist in the current database|Invalid column name|ORA-00904"),
    _sign("missing table", "missing migration", _MIGRATED,
          r"no such table:? ?([\w.]{1,100})?|relation [\"'`]?([\w.]{1,100})[\"'`]? does not exist|table '([\w.]{1,100})' doesn't exist"
          r"|The table .{1,100} does not exist in the current database|Invalid object name|ORA-00942"),
    _sign("pending migration", "missing migration", _MIGRATED,
          r"PendingMigrationError|migrations are pending|pending migrations?|unapplied migration|(?:run|apply) (?:your )?migrations|Can't locate revision"
          r"|Target database is not up to date"),
    _sign("missing configuration", "configuration", _SET,
          r"no such file or directory:? ['\"]?(?:/etc/|/run/secrets/|/var/run/secrets/|\S{0,120}(?:config|settings|\.env|\.pem|credentials))"
          r"|(?:environment variable|env(?:ironment)? var|setting|config(?:uration)?(?: key| value| option)?|parameter store key) [\"'`]?(\w[\w.]{0,99})[\"'`]? (?:is |was |has )?"
          r"(?:not (?:been )?(?:set|configured|defined|found)|missing|required|undefined|empty)|missing (?:required )?(?:environment variable|env var|setting|config\w*)s?:? [\"'`]?(\w{1,100})"
          r"|ImproperlyConfigured|could not resolve placeholder|(?:[A-Z][A-Z0-9]+_[A-Z0-9_]+) (?:is |was |must be )?(?:not set|missing|undefined|set\b)|NoCredentialsError|unable to locate credentials"
          r"|could not load the default credentials|NoSuchBeanDefinition|MissingConfiguration|secret .{1,60} not found"),
    _sign("refused credentials", "configuration", "see whether the secret is right and current where this release runs",
          r"invalid api[ _-]?key|incorrect api key|password authentication failed|access denied for user|authentication failed for|invalid (?:client )?credentials|InvalidAccessKeyId"
          r"|SignatureDoesNotMatch|ExpiredToken|token (?:has )?expired.{0,40}(?:service|client|refresh)|NOAUTH|WRONGPASS|\b401\b.{0,12}(?:client error|unauthori[sz]ed)"
          r"|\b403\b.{0,12}client error|InvalidClientTokenId|AccessDenied(?:Exception)?:? .{0,120}is not authorized to perform"),
    _sign("missing dependency", "environment", "see what the image or the environment of this release lacks",
          r"cannot open shared object|DLL load failed|GLIBC_|command not found|executable (?:file )?not found|spawn \S{1,80} ENOENT|exec format error|NoClassDefFoundError|UnsupportedClassVersion"
          r"|Cannot find module '([@\w][\w./@-]{0,100})'|Could not find executable"),
    _sign("file system refuses", "environment", "look at the mount, its owner and its mode where this runs",
          r"read-only file system|permission denied: ?'?/|\bEACCES\b|\bEROFS\b|Input/output error|stale file handle|operation not permitted: ?'?/"),
    _sign("clock is off", "environment", "look at the clock of the host",
          r"clock skew|RequestTimeTooSkewed|token (?:used before issued|is not yet valid)|\biat\b.{0,30}future"),
)  # fmt: skip
DATA = re.compile(
    r"MultipleObjectsReturned|MultipleResultsFound|NonUniqueResult|returned more than one|expected (?:exactly )?one (?:row|record|result)?,? ?(?:but )?(?:found|got) (?:\d+|multiple|several)"
    r"|\bcorrupt(?:ed|ion)?\b|checksum (?:mismatch|failed|error)|\b(?:orphan(?:ed)?|dangling) (?:row|record|reference)|inconsistent (?:data|state|row|record|balance)"
    r"|duplicate (?:rows|records|entries) (?:found|for|in)|data integrity|invalid data in (?:row|column|table)|malformed (?:row|record) in|index .{1,60} contains unexpected"
    r"|could not (?:deserialize|decode) (?:stored|persisted|row|record)|violates (?:data )?invariant|unreadable row|legacy (?:row|record)",
    re.IGNORECASE,
)
CUSTOMERS = re.compile(
    r"customers? (?:report|complain|ask|say|are (?:told|asking)|must be (?:told|informed)|need to be (?:told|informed)|were)\b|notify (?:the )?(?:customer|user|merchant)s?"
    r"|(?:charged|billed|debited|emailed|invoiced|refunded) (?:twice|double|two times)|double[- ](?:charge|billing|billed)|(?:e-?mails?|invoices?|messages?) (?:were )?sent (?:twice|to (?:the )?wrong)"
    r"|status ?page|data (?:leak|breach|exposure)|support tickets|customer communication|complaints? about",
    re.IGNORECASE,
)
PRODUCT = re.compile(
    r"feature request|not (?:yet )?(?:supported|implemented|available) (?:yet|in|for)|(?:is|are) not (?:yet )?supported(?: yet)?|\bunsupported (?:country|currency|locale|language|region|payment method|file type|format|plan)"
    r"|coming soon|product decision|by design\b|enhancement request|no longer offered",
    re.IGNORECASE,
)

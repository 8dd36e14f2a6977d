"""Teaches moto's ACM what it leaves out: an authority that signs, and a proof that is really there.

A certificate is pending until the records that prove its domains stand in a public zone of the account's Route 53, as
ACM does it. Its key leaves ACM for the load balancer alone: a file of the given folder, as soon as it is issued.
"""

import datetime
import hashlib
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from moto.acm import models
from moto.acm.models import AWSCertificateManagerBackend, CertBundle
from moto.acm.responses import AWSCertificateManagerResponse
from moto.core.exceptions import AWSError
from moto.elbv2.models import elbv2_backends
from moto.route53.models import route53_backends

# Of a certificate, in days (ACM's user guide, "Concepts").
LIFE = 395


class ResourceInUse(AWSError):
    TYPE = "ResourceInUseException"


class RequestInProgress(AWSError):
    TYPE = "RequestInProgressException"


class Authority:
    """A certificate authority that lives as long as the cloud does."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bluegreen rehearsal CA")])
        usage = dict.fromkeys(
            "digital_signature content_commitment key_encipherment data_encipherment key_agreement "
            "encipher_only decipher_only".split(),
            False,
        )
        builder = (
            self._builder(self.name, self.key.public_key(), 3650)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), critical=True)
        )
        self.pem = self._signed(builder)
        (folder / "ca.pem").write_bytes(self.pem)

    def issue(self, domain: str, names: list[str]) -> tuple[bytes, bytes]:
        """Key and certificate, PEM, for a domain and its other names."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        every = list(dict.fromkeys([domain, *names]))
        authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        builder = (
            self._builder(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, domain)]), key.public_key(), LIFE)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in every]), critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(authority, critical=False)
        )
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return private, self._signed(builder)

    def hand_over(self, bundle: CertBundle) -> None:
        """Gives an issued certificate with its key and its chain to the load balancer."""
        file = self.folder / f"{bundle.arn.rsplit('/', 1)[1]}.pem"
        temporary = file.with_suffix(".new")
        temporary.write_bytes(b"\n".join([bundle.key, bundle.cert, bundle.chain]))
        temporary.rename(file)

    def _builder(self, subject: x509.Name, public_key, days: int) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.timezone.utc)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(days=days))
        )

    def _signed(self, builder: x509.CertificateBuilder) -> bytes:
        return builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def proof_of(domain: str, account: str) -> dict[str, str]:
    """The record that proves a domain: always the same for a domain and an account, and for the domain's wildcard."""
    base = domain.removeprefix("*.")
    name, value = (hashlib.md5(f"{part} {account} {base}".encode()).hexdigest() for part in ("name", "value"))
    return {"Name": f"_{name}.{base}.", "Type": "CNAME", "Value": f"_{value}.rehearsal.acm-validations.aws."}


def proven(domain: str, account: str, partition: str) -> bool:
    proof = proof_of(domain, account)
    plain = lambda text: text.rstrip(".").lower()
    return any(
        plain(record.name) == plain(proof["Name"])
        and record.type == "CNAME"
        and [plain(value) for value in record.records or []] == [plain(proof["Value"])]
        for zone in route53_backends[account][partition].zones.values()
        if not zone.private_zone
        for record in zone.rrsets
    )


def users_of(arn: str) -> list[str]:
    """Load balancers whose listeners have the certificate. moto's own list of them only ever grows."""
    _, _, _, region, account, _ = arn.split(":", 5)
    return [
        balancer.arn
        for balancer in elbv2_backends[account][region].load_balancers.values()
        if any(arn in [listener.certificate, *listener.certificates] for listener in balancer.listeners.values())
    ]


def teach(folder: Path) -> None:
    authority = Authority(folder)
    describe, get = CertBundle.describe, AWSCertificateManagerBackend.get_certificate
    delete, imported = AWSCertificateManagerBackend.delete_certificate, AWSCertificateManagerBackend.import_certificate
    get_response = AWSCertificateManagerResponse.get_certificate
    models.AWS_ROOT_CA = authority.pem

    def generate(cls, domain_name, account_id, region, sans=None, cert_authority_arn=None):
        if cert_authority_arn:
            raise models.AWSValidationException("The rehearsal's cloud does not know private certificate authorities.")
        key, certificate = authority.issue(domain_name, sans or [])
        kind = {"cert_type": "AMAZON_ISSUED", "cert_status": "PENDING_VALIDATION"}
        return cls(account_id, certificate, key, region=region, **kind)

    def check(self):
        if self.status != "PENDING_VALIDATION":
            return
        _, partition, _, _, account, _ = self.arn.split(":", 5)
        if all(proven(name, account, partition) for name in self.sans):
            self.status, self.issued_at = "ISSUED", models.utcnow()
            authority.hand_over(self)

    def describe_truly(self):
        result = describe(self)
        certificate = result["Certificate"]
        certificate["InUseBy"] = users_of(self.arn)
        certificate["SubjectAlternativeNames"] = self.sans
        account = self.arn.split(":")[4]
        for option in certificate.get("DomainValidationOptions", []):
            option["ResourceRecord"] = proof_of(option["DomainName"], account)
        if self.status == "PENDING_VALIDATION":
            for known_later in ["NotBefore", "NotAfter", "Serial", "Issuer", "IssuedAt"]:
                certificate.pop(known_later, None)
        elif self.type == "AMAZON_ISSUED":
            certificate["IssuedAt"] = models.datetime_to_epoch(self.issued_at)
        return result

    def get_text(self):
        bundle = self.acm_backend.get_certificate(self._get_param("CertificateArn"))
        if bundle.status == "PENDING_VALIDATION":
            raise RequestInProgress(f"Request in progress for certificate {bundle.arn}")
        return get_response(self)

    def import_truly(self, certificate, private_key, chain, arn, tags):
        arn = imported(self, certificate, private_key, chain, arn, tags)
        authority.hand_over(get(self, arn))
        return arn

    def delete_truly(self, arn):
        if arn in self._certificates and users_of(arn):
            raise ResourceInUse(f"Certificate {arn} in account {self.account_id} is in use.")
        delete(self, arn)
        (folder / f"{arn.rsplit('/', 1)[1]}.pem").unlink(missing_ok=True)

    AWSCertificateManagerResponse.get_certificate = get_text
    CertBundle.generate_cert = classmethod(generate)
    CertBundle.check, CertBundle.describe = check, describe_truly
    AWSCertificateManagerBackend.delete_certificate = delete_truly
    AWSCertificateManagerBackend.import_certificate = import_truly

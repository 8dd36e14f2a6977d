"""What moto lacks of AWS WAF and CloudWatch Logs: one web ACL for a load balancer, none deleted while it has one, keys of log groups."""

from moto.core.responses import EmptyResult
from moto.elbv2.models import elbv2_backends
from moto.logs.exceptions import ResourceNotFoundException
from moto.logs.responses import LogsResponse
from moto.wafv2.exceptions import WAFNonexistentItemException, WAFv2ClientError
from moto.wafv2.models import WAFV2Backend


class WAFAssociatedItemException(WAFv2ClientError):
    """AWS's own words (API reference of DeleteWebACL)."""

    def __init__(self) -> None:
        super().__init__(
            "WAFAssociatedItemException",
            "AWS WAF couldn\u2019t perform the operation because your resource is being used by another resource or "
            "it\u2019s associated with another resource.",
        )


def teach_edge() -> None:
    """Changes moto's classes for this process."""
    associate, delete = WAFV2Backend.associate_web_acl, WAFV2Backend.delete_web_acl

    def associate_one(self, web_acl_arn: str, resource_arn: str) -> None:
        balancers = elbv2_backends[self.account_id][self.region_name].load_balancers
        if ":loadbalancer/" in resource_arn and resource_arn not in balancers:
            raise WAFNonexistentItemException
        if web_acl_arn in self.wacls:
            self.disassociate_web_acl(resource_arn)
        associate(self, web_acl_arn, resource_arn)

    def delete_unused(self, name: str, scope: str, _id: str, lock_token: str) -> None:
        balancers = elbv2_backends[self.account_id][self.region_name].load_balancers
        for acl in self.wacls.values():
            # A load balancer that is deleted takes its association along.
            if acl.id == _id and any(arn in balancers for arn in acl.associated_resources):
                raise WAFAssociatedItemException
        delete(self, name, scope, _id, lock_token)

    def set_key(self, key: str | None):
        name = self._get_param("logGroupName")
        if name not in self.logs_backend.groups:
            raise ResourceNotFoundException()
        self.logs_backend.groups[name].kms_key_id = key
        return EmptyResult()

    WAFV2Backend.associate_web_acl = associate_one
    WAFV2Backend.delete_web_acl = delete_unused
    LogsResponse.associate_kms_key = lambda self: set_key(self, self._get_param("kmsKeyId"))
    LogsResponse.disassociate_kms_key = lambda self: set_key(self, None)

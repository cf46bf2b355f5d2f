"""The scriptable tenant of the profile under test."""

from admin_tenant import AdminTenant
from profiles import by_profile
from tenant import Aggregator, V2Tenant

__all__ = ["Aggregator", "Tenant"]

Tenant = by_profile(v2=V2Tenant, admin=AdminTenant)

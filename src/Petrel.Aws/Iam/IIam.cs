using Petrel.Wire;

namespace Petrel.Aws.Iam;

/// <summary>
/// Identity and Access Management: roles, users, their keys and policies. One file a noun; what stands in
/// <see cref="AwsServiceAttribute.NotImplemented"/> answers 501 by name.
/// </summary>
[AwsService(
    "iam",
    Protocol.Query,
    ApiVersion = "2010-05-08",
    XmlNamespace = "https://iam.amazonaws.com/doc/2010-05-08/",
    NotImplemented =
    [
        "AcceptDelegationRequest", "AddClientIDToOpenIDConnectProvider", "AddRoleToInstanceProfile", "AddUserToGroup",
        "AssociateDelegationRequest", "AttachGroupPolicy", "ChangePassword", "CreateAccountAlias", "CreateDelegationRequest",
        "CreateGroup", "CreateInstanceProfile", "CreateLoginProfile", "CreateOpenIDConnectProvider", "CreateSAMLProvider",
        "CreateServiceLinkedRole", "CreateServiceSpecificCredential", "CreateVirtualMFADevice", "DeactivateMFADevice",
        "DeleteAccountAlias", "DeleteAccountPasswordPolicy", "DeleteGroup", "DeleteGroupPolicy", "DeleteInstanceProfile",
        "DeleteLoginProfile", "DeleteOpenIDConnectProvider", "DeleteSAMLProvider", "DeleteSSHPublicKey", "DeleteServerCertificate",
        "DeleteServiceLinkedRole", "DeleteServiceSpecificCredential", "DeleteSigningCertificate", "DeleteVirtualMFADevice",
        "DetachGroupPolicy", "DisableOrganizationsRootCredentialsManagement", "DisableOrganizationsRootSessions",
        "DisableOutboundWebIdentityFederation", "EnableMFADevice", "EnableOrganizationsRootCredentialsManagement",
        "EnableOrganizationsRootSessions", "EnableOutboundWebIdentityFederation", "GenerateCredentialReport",
        "GenerateOrganizationsAccessReport", "GenerateServiceLastAccessedDetails", "GetAccessKeyLastUsed",
        "GetAccountAuthorizationDetails", "GetAccountPasswordPolicy", "GetAccountSummary", "GetContextKeysForCustomPolicy",
        "GetContextKeysForPrincipalPolicy", "GetCredentialReport", "GetDelegationRequest", "GetGroup", "GetGroupPolicy",
        "GetHumanReadableSummary", "GetInstanceProfile", "GetLoginProfile", "GetMFADevice", "GetOpenIDConnectProvider",
        "GetOrganizationsAccessReport", "GetOutboundWebIdentityFederationInfo", "GetSAMLProvider", "GetSSHPublicKey",
        "GetServerCertificate", "GetServiceLastAccessedDetails", "GetServiceLastAccessedDetailsWithEntities",
        "GetServiceLinkedRoleDeletionStatus", "ListAccountAliases", "ListAttachedGroupPolicies", "ListDelegationRequests",
        "ListGroupPolicies", "ListGroups", "ListInstanceProfileTags", "ListInstanceProfiles",
        "ListMFADeviceTags", "ListMFADevices", "ListOpenIDConnectProviderTags",
        "ListOpenIDConnectProviders", "ListOrganizationsFeatures", "ListPoliciesGrantingServiceAccess", "ListSAMLProviderTags",
        "ListSAMLProviders", "ListSSHPublicKeys", "ListServerCertificateTags", "ListServerCertificates",
        "ListServiceSpecificCredentials", "ListSigningCertificates", "ListVirtualMFADevices", "PutGroupPolicy",
        "RejectDelegationRequest", "RemoveClientIDFromOpenIDConnectProvider", "RemoveRoleFromInstanceProfile", "RemoveUserFromGroup",
        "ResetServiceSpecificCredential", "ResyncMFADevice", "SendDelegationToken", "SetSecurityTokenServicePreferences",
        "SimulateCustomPolicy", "SimulatePrincipalPolicy", "TagInstanceProfile", "TagMFADevice", "TagOpenIDConnectProvider",
        "TagSAMLProvider", "TagServerCertificate", "UntagInstanceProfile", "UntagMFADevice", "UntagOpenIDConnectProvider",
        "UntagSAMLProvider", "UntagServerCertificate", "UpdateAccountPasswordPolicy", "UpdateDelegationRequest", "UpdateGroup",
        "UpdateLoginProfile", "UpdateOpenIDConnectProviderThumbprint", "UpdateSAMLProvider", "UpdateSSHPublicKey",
        "UpdateServerCertificate", "UpdateServiceSpecificCredential", "UpdateSigningCertificate", "UploadSSHPublicKey",
        "UploadServerCertificate", "UploadSigningCertificate",
    ])]
public partial interface IIam;

/// <summary>A key and its value.</summary>
public sealed record Tag([Length(1, 128)] string Key, [Length(0, 256)] string Value);

/// <summary>The policy that limits an identity.</summary>
public sealed record AttachedPermissionsBoundary(string PermissionsBoundaryType, string PermissionsBoundaryArn);

/// <summary>A managed policy on an identity.</summary>
public sealed record AttachedPolicy(string PolicyName, string PolicyArn);

public sealed record ListTagsResult(IReadOnlyList<Tag> Tags, bool IsTruncated = false, string? Marker = null);

public sealed record ListPolicyNamesResult(IReadOnlyList<string> PolicyNames, bool IsTruncated = false, string? Marker = null);

public sealed record ListAttachedPoliciesResult(
    IReadOnlyList<AttachedPolicy> AttachedPolicies,
    bool IsTruncated = false,
    string? Marker = null);

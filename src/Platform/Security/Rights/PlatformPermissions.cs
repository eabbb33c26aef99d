namespace Tieline.Platform.Security;

/// <summary>The rights of the ground itself.</summary>
public static class PlatformPermissions
{
    public const string ManageUsers = "users.manage";
    public const string ManageRoles = "roles.manage";
    public const string ManageApiKeys = "apikeys.manage";
    public const string ReadAudit = "audit.read";
    public const string ChangeSettings = "settings.change";
    public const string CarryConfiguration = "configuration.carry";
    public const string ManageJobs = "jobs.manage";
    public const string ManageWebHooks = "webhooks.manage";
    public const string ManageRules = "rules.manage";
    public const string RotateKeys = "keys.rotate";

    public static readonly IReadOnlyList<Permission> All =
    [
        new(ManageUsers, "Add and change users, give them roles, unlock them", Roles.TechnicalAdministrator, Roles.BusinessAdministrator),
        new(ManageRoles, "Decide what each role may do", Roles.TechnicalAdministrator, Roles.BusinessAdministrator),
        new(ManageApiKeys, "Create and revoke API keys for machines", Roles.TechnicalAdministrator, Roles.BusinessAdministrator),
        new(ReadAudit, "Read who changed and who looked at what", Roles.Supervisor, Roles.TechnicalAdministrator, Roles.BusinessAdministrator),
        new(ChangeSettings, "Change the settings of the house", Roles.TechnicalAdministrator, Roles.BusinessAdministrator),
        new(CarryConfiguration, "Carry the configuration between installations as a file", Roles.TechnicalAdministrator, Roles.BusinessAdministrator),
        new(ManageJobs, "See, repeat and stop jobs", Roles.Operator, Roles.TechnicalAdministrator),
        new(ManageWebHooks, "Decide which machines outside are told of events, see what they were sent, send it again", Roles.TechnicalAdministrator),
        new(ManageRules, "Decide by rules what happens by itself: where work goes, how urgent it is", Roles.TechnicalAdministrator, Roles.BusinessAdministrator),
        new(RotateKeys, "Make a new encryption key current", Roles.TechnicalAdministrator),
        new(Demo.Night.AdvanceDemo.Permission, "Move the demonstration on to the next day", Roles.Operator, Roles.Supervisor, Roles.BusinessAdministrator) { OnlyInDemonstration = true },
    ];
}

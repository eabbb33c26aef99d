using Tieline.Platform.Security;

namespace Tieline.Operations;

internal static class OperationsPermissions
{
    public const string OnCall = "on_call.manage";
    public const string WriteLog = "shift_log.write";
    public const string Day = "online_day.close";

    public static readonly Permission[] All =
    [
        new(OnCall, "Plan who is on call, take duties over, answer notices of others", Roles.Operator, Roles.TechnicalAdministrator, Roles.Supervisor),
        new(WriteLog, "Write in the shift log, hand over and take over", Roles.Operator, Roles.TechnicalAdministrator, Roles.Supervisor),
        new(Day, "Close the on-line day, and tell everyone who is signed in", Roles.Operator, Roles.TechnicalAdministrator, Roles.Supervisor),
    ];
}

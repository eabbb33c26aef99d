namespace Tieline.Desk;

/// <summary>Rights of the rooms that the desk shows together.</summary>
internal static class DeskPermissions
{
    public const string ReadCustomers = "customers.read";
    public const string RestrictCustomers = "customers.restrict";
    public const string ChangeCustomers = "customers.change";
    public const string MergeCustomers = "customers.merge";
    public const string Warnings = "customers.warnings";
    public const string ReportLooks = "customers.looks";
    public const string ReadContacts = "contacts.read";
    public const string RecordContacts = "contacts.record";
    public const string ReadBalances = "billing.read";
    public const string WorkOnToDos = "todos.work";
    public const string ManageOrganization = "organization.manage";
}

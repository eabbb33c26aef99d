namespace Tieline.Customers.Warnings;

/// <summary>That there is a warning is told to those who may see it only.</summary>
internal sealed class WarningLines : ITimelineKind
{
    public const string Word = "warning";

    public string Kind => Word;
    public string Permission => CustomersPermissions.Warnings;
}

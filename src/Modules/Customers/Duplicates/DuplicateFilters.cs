using Tieline.Customers.Merging;
using Tieline.Platform.Ui;

namespace Tieline.Customers.Duplicates;

/// <summary>The list as the address has it.</summary>
internal static class DuplicateFilters
{
    public static ListDuplicates.Input Of(TableQuery query) =>
        new(query.Filter<MergeKind>("kind"), query.Filter<int>("score"), query.Filter<DuplicateState>("state"), query.Filter<long>("record"), query.After, query.Size);
}

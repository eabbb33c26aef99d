using Tieline.Contacts.Records;
using Tieline.Platform.Ui;

namespace Tieline.Contacts.Interactions;

/// <summary>The filters of the list as they stand in its address; what cannot be read is left out.</summary>
internal static class InteractionFilters
{
    public static ListInteractions.Input Of(TableQuery query) => new(
        query.Filter<long>("by"), query.Filter<InteractionState>("state"), query.Filter<Channel>("channel"), query.Filter<long>("person"), query.Filter<DateOnly>("from"), query.Filter<DateOnly>("to"),
        query.After, query.Size);
}

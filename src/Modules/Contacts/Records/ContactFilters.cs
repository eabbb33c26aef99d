using Tieline.Platform.Ui;

namespace Tieline.Contacts.Records;

/// <summary>The filters of the list as they stand in its address; what cannot be read is left out.</summary>
internal static class ContactFilters
{
    public static ListContacts.Input Of(TableQuery query) => new(
        query.Filter<long>("person"), query.Filter<long>("account"), query.Filter<long>("premise"), query.Filter<long>("type"), query.Filter<long>("class"),
        query.Filter<Channel>("channel"), query.Filter<ContactStatus>("status"), query.Filter<long>("by"), query.Filter<DateOnly>("from"), query.Filter<DateOnly>("to"),
        $"{(query.Descending ? "-" : "")}{query.SortKey}", query.After, query.Size,
        query.Filter<long>("wrapup"));
}

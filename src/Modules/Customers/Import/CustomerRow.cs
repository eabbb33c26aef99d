using Tieline.Customers.Accounts;
using Tieline.Customers.Agreements;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Platform.Import;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Import;

/// <summary>
/// A row of a customers file: a person, and where the columns say so an account they are on, a premise and an agreement. Several rows may
/// name the same person, account or premise. docs/import.md lists the columns.
/// </summary>
internal sealed record CustomerRow(
    long Line, string PersonKey, PersonKind Kind, string? Given, string? Family, string FullName, string? FormerName, string Language,
    IReadOnlyList<(PhoneKind Kind, PhoneNumber Number, string Typed)> Phones, string? Email, string? MailingAddress, DateOnly? BornOn, bool LifeSupport,
    string? AccountKey, CustomerClass CustomerClass, string BillCycle, AccountRole? Role, bool Responsible,
    string? PremiseKey, AddressParts? Address, ServiceType? Service, DateOnly? StartOn, DateOnly? StopOn)
{
    /// <param name="country">Of phone numbers without a country code.</param>
    /// <param name="today">The utility's.</param>
    public static Outcome<CustomerRow> Read(ImportRow row, ImportDates dates, string country, DateOnly today)
    {
        var problems = new Problems();
        string? Optional(string column, int max, bool anyNumber = false) => problems.Text(column, column, row[column], max, required: false, anyNumber) is { Length: > 0 } text ? text : null;
        DateOnly? Day(string column)
        {
            if (!dates.TryDay(row[column], out var day))
                problems.Add(column, $"'{row[column]}' in {column} is no day.", "import.date");
            return day;
        }
        T Choice<T>(string column, T otherwise) where T : struct, Enum
        {
            var text = row[column].Replace(" ", "", StringComparison.Ordinal);
            if (text.Length == 0)
                return otherwise;
            if (!Enum.TryParse<T>(text, ignoreCase: true, out var value) || !Enum.IsDefined(value))
                problems.Add(column, $"'{row[column]}' in {column} is none of {string.Join(", ", Enum.GetNames<T>())}.", "import.choice");
            return value;
        }
        bool Yes(string column)
        {
            var text = row[column].ToLowerInvariant();
            if (text is not ("" or "0" or "1" or "n" or "y" or "no" or "yes" or "false" or "true"))
                problems.Add(column, $"'{row[column]}' in {column} is neither yes nor no.", "import.choice");
            return text is "1" or "y" or "yes" or "true";
        }

        var key = problems.Text("person_id", "person_id", row["person_id"], 100, anyNumber: true);
        var kind = Choice("kind", PersonKind.Individual);
        var (given, family, full) = (Optional("given_name", 100), Optional("family_name", 100), Optional("full_name", 200));
        if (kind == PersonKind.Organization)
            full ??= string.Join(' ', new[] { given, family }.OfType<string>());
        var name = new TypedName(null, null, "");
        if (string.IsNullOrEmpty(full) && given is null && family is null)
            problems.Add("full_name", "The row has no name (given_name and family_name, or full_name).", "import.name");
        else
            name = problems.Name("", kind, given, family, full);
        var former = Optional("former_name", 200);
        if (former is not null)
            former = problems.Name("former_name ", kind, null, null, former).Full;
        var phones = new List<(PhoneKind, PhoneNumber, string)>();
        foreach (var (column, phoneKind) in new[] { ("mobile_phone", PhoneKind.Mobile), ("home_phone", PhoneKind.Home), ("work_phone", PhoneKind.Work) })
        {
            if (Optional(column, 50, anyNumber: true) is not { } typed)
                continue;
            if (PhoneNumber.TryParse(typed, country, out var number, out var problem))
                phones.Add((phoneKind, number, typed));
            else
                problems.Add(column, $"{column}: {problem}", "import.phone");
        }
        string? email = null;
        if (row["email"].Length > 0 && !EmailText.TryRead(row["email"], out email, out var unreadable))
            problems.Add("email", $"'{row["email"]}' in email: {unreadable}", "email.unreadable");
        var bornOn = Day("born_on");
        problems.NotAfter("born_on", bornOn, today);
        var accountKey = Optional("account_id", 100, anyNumber: true);
        var address = Optional("service_address", 300) is { } line ? AddressText.Parse(line) : null;
        ServiceType? service = row["service"].Length == 0 ? null : Choice("service", ServiceType.Electricity);
        var (start, stop) = (Day("start_on"), Day("stop_on"));
        problems.Day("start_on", start);
        problems.Day("stop_on", stop);
        if (stop < (start ?? today))
            problems.Add("stop_on", start is null ? "stop_on has passed, so the row must say start_on." : "stop_on lies before start_on.", "import.date");
        if (start > today && stop is not null)
            problems.Add("stop_on", "What is yet to start cannot stop: leave stop_on blank.", "import.date");
        if (service is not null && (accountKey is null || address is null))
            problems.Add("service", "A service needs account_id and service_address.", "import.service");
        var read = new CustomerRow(
            row.Line, key, kind, name.Given, name.Family, name.Full, former, problems.Language("language", row["language"]), phones, email, Optional("mailing_address", 300), bornOn,
            Yes("life_support"), accountKey, Choice("customer_class", CustomerClass.Residential),
            AccountInputs.BillCycle(problems, "bill_cycle", row["bill_cycle"] is { Length: > 0 } cycle ? cycle : "1"), row["role"].Length == 0 ? null : Choice("role", AccountRole.Main),
            row["financially_responsible"].Length == 0 || Yes("financially_responsible"), Optional("premise_id", 100, anyNumber: true), address, service, start, stop);
        return problems.Any ? problems : read;
    }
}

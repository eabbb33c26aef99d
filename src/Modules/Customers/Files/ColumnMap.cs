using System.Text.Json;
using Tieline.Platform.Import;
using Tieline.Platform.Search;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Files;

/// <summary>What the columns of somebody's file mean, in the words of docs/import.md.</summary>
/// <param name="Columns">Column of the file to column of the import; several that mean the same are put together in their order (street, city, ZIP).</param>
/// <param name="Service">What is supplied where the file does not say it; null for nothing.</param>
internal sealed record ColumnMap(IReadOnlyDictionary<string, string> Columns, string? Service = null)
{
    /// <summary>What a column may mean: the import's column, and how people read it.</summary>
    public static readonly IReadOnlyList<(string Column, string Text)> Meanings =
    [
        ("person_id", "Customer number"), ("full_name", "Name"), ("given_name", "Given name"), ("family_name", "Family name"), ("former_name", "Former name"), ("kind", "Person or organisation"),
        ("mobile_phone", "Mobile phone"), ("home_phone", "Home phone"), ("work_phone", "Work phone"), ("email", "E-mail"), ("mailing_address", "Mailing address"), ("born_on", "Date of birth"),
        ("language", "Language"), ("life_support", "Life support"), ("account_id", "Account"), ("customer_class", "Customer class"), ("bill_cycle", "Bill cycle"), ("role", "Role on the account"),
        ("service_address", "Service address"), ("premise_id", "Premise"), ("service", "Service"), ("start_on", "Service since"), ("stop_on", "Service until"),
    ];

    /// <summary>Columns of which several may be put together.</summary>
    private static readonly HashSet<string> Joined = new(StringComparer.Ordinal) { "full_name", "service_address", "mailing_address" };

    private static readonly string[] Phones = ["mobile_phone", "home_phone", "work_phone"];

    /// <summary>Headers of which nobody knows what phone it is.</summary>
    private static readonly string[] AnyPhone = ["phone1", "phonenumber", "phone", "telephone", "tel"];

    // Headers as others write them, folded to letters and digits. Longer ones go before the shorter ones that they contain.
    private static readonly (string Column, string[] Headers)[] Known =
    [
        ("person_id", ["customerid", "customerno", "customernumber", "custno", "custid", "custnum", "personid", "personno", "clientid", "partnerid", "id"]),
        ("account_id", ["accountid", "accountno", "accountnumber", "acctno", "acct", "account", "contractaccount", "acctnum"]),
        ("premise_id", ["premiseid", "premiseno", "premisenumber", "premise", "locationid", "locationno"]),
        ("given_name", ["givenname", "firstname", "fname", "forename", "first"]),
        ("family_name", ["familyname", "lastname", "lname", "surname", "last"]),
        ("former_name", ["formername", "maidenname", "previousname"]),
        ("full_name", ["fullname", "customername", "accountname", "displayname", "name", "customer"]),
        ("mobile_phone", ["mobilephone", "mobile", "cellphone", "cell", "phone1", "phonenumber", "phone", "telephone", "tel"]),
        ("home_phone", ["homephone", "phonehome", "phone2", "landline"]),
        ("work_phone", ["workphone", "phonework", "businessphone", "officephone"]),
        ("email", ["emailaddress", "email", "mail"]),
        ("mailing_address", ["mailingaddress", "mailaddress", "billingaddress", "mailingstreet", "mailingcity", "mailingstate", "mailingzip"]),
        ("service_address", ["serviceaddress", "premiseaddress", "streetaddress", "address1", "addressline1", "address", "street", "unit", "apt", "city", "town", "state", "zipcode", "postalcode", "postcode", "zip"]),
        ("born_on", ["dateofbirth", "birthdate", "birthday", "dob", "bornon"]),
        ("language", ["languagecode", "language", "lang"]),
        ("life_support", ["lifesupport", "medicalbaseline", "medical"]),
        ("customer_class", ["customerclass", "rateclass", "class"]),
        ("bill_cycle", ["billcycle", "billingcycle", "cycle"]),
        ("service", ["servicetype", "commodity", "utility", "service"]),
        ("start_on", ["startdate", "servicestart", "movein", "moveindate", "starton", "since"]),
        ("stop_on", ["stopdate", "enddate", "moveout", "moveoutdate", "stopon"]),
        ("kind", ["kind", "customertype"]),
        ("role", ["role"]),
    ];

    /// <summary>What the headers, and where they say nothing the values, let one guess.</summary>
    /// <param name="sample">Some rows of the file.</param>
    public static ColumnMap Guess(IReadOnlyList<string> columns, IReadOnlyList<ImportRow> sample)
    {
        var guessed = new Dictionary<string, string>(StringComparer.Ordinal);
        // What a header says outright goes before what it may mean: "Phone" is the mobile phone only where no other column is.
        foreach (var (column, _, named) in columns.Select(c => (Column: c, Header: Header(c), Named: Named(Header(c)))).OrderBy(c => c.Named is null ? 2 : AnyPhone.Contains(c.Header) ? 1 : 0))
        {
            var meant = named ?? ByValues(sample.Select(r => r[column]));
            if (meant == Phones[0] && guessed.ContainsValue(meant))
                meant = Array.Find(Phones, p => !guessed.ContainsValue(p));
            if (meant is not null && (Joined.Contains(meant) || !guessed.ContainsValue(meant)))
                guessed[column] = meant;
        }
        guessed = columns.Where(guessed.ContainsKey).ToDictionary(c => c, c => guessed[c], StringComparer.Ordinal);
        // Whole and in pieces: the pieces say more.
        if (guessed.ContainsValue("family_name"))
            guessed = guessed.Where(g => g.Value != "full_name").ToDictionary(StringComparer.Ordinal);
        return new ColumnMap(guessed, guessed.ContainsValue("service_address") && !guessed.ContainsValue("service") ? "Electricity" : null);
    }

    private static string Header(string column) => new([.. SearchText.Fold(column).Where(char.IsLetterOrDigit)]);

    private static string? Named(string header) => Known.FirstOrDefault(k => k.Column.Replace("_", "", StringComparison.Ordinal) == header || k.Headers.Contains(header)).Column;

    /// <summary>A row of the file in the columns of the import. What it leaves open is filled in: without a customer number the account, or else the line, is one.</summary>
    public ImportRow Of(ImportRow row)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (column, meant) in Columns)
        {
            var value = row[column].Trim();
            if (value.Length == 0)
                continue;
            values[meant] = !values.TryGetValue(meant, out var before) ? value : Joined.Contains(meant) ? $"{before}{(meant == "full_name" ? " " : ", ")}{value}" : before;
        }
        values.TryAdd("person_id", values.GetValueOrDefault("account_id") ?? $"line {row.Line}");
        if (values.TryGetValue("service", out var said))
            values["service"] = InOurWords(said);
        else if (Service is not null && values.ContainsKey("service_address"))
            values["service"] = Service;
        if (values.ContainsKey("service"))
            values.TryAdd("account_id", values["person_id"]);
        return new ImportRow(row.Line, values);
    }

    public string Write() => JsonSerializer.Serialize(this);

    public static ColumnMap Read(string json) => JsonSerializer.Deserialize<ColumnMap>(json)!;

    /// <summary>What is said of the columns, held to what there is.</summary>
    public static void Check(ColumnMap? said, IReadOnlyList<string> columns, string field, Problems problems)
    {
        if (said?.Columns is null || said.Columns.Count == 0)
        {
            problems.Add(field, "Say what at least one column means.", "customer_file.columns");
            return;
        }
        foreach (var (column, meant) in said.Columns)
        {
            if (!columns.Contains(column))
                problems.Add(field, $"The file has no column '{TypedText.OneLine(column, 50)}'.", "customer_file.column");
            if (Meanings.All(m => m.Column != meant))
                problems.Add(field, $"A column cannot mean '{TypedText.OneLine(meant, 50)}'.", "customer_file.meaning");
        }
        var twice = said.Columns.GroupBy(c => c.Value).FirstOrDefault(g => g.Count() > 1 && !Joined.Contains(g.Key));
        if (twice is not null)
            problems.Add(field, $"Two columns are said to be the {Meanings.First(m => m.Column == twice.Key).Text.ToLowerInvariant()}: {string.Join(" and ", twice.Select(c => c.Key))}.", "customer_file.twice");
        if (!said.Columns.Values.Any(m => m is "full_name" or "family_name" or "given_name"))
            problems.Add(field, "Say which column is the name.", "customer_file.name");
        if (said.Service is not null && !Enum.TryParse<Agreements.ServiceType>(said.Service, out _))
            problems.Add(field, $"There is no service '{TypedText.OneLine(said.Service, 50)}'.", "customer_file.service");
    }

    private static string? ByValues(IEnumerable<string> values)
    {
        var said = values.Where(v => v.Length > 0).Take(50).ToArray();
        if (said.Length == 0)
            return null;
        if (said.All(v => v.Contains('@', StringComparison.Ordinal)))
            return "email";
        if (said.All(v => v.Count(char.IsAsciiDigit) is >= 10 and <= 13 && v.All(c => char.IsAsciiDigit(c) || c is '+' or '(' or ')' or '-' or '.' or ' ')))
            return "mobile_phone";
        return null;
    }

    /// <summary>"Electric", "POWER", "E" and the like in our words; anything else is left for the import to refuse.</summary>
    private static string InOurWords(string said) => SearchText.Fold(said) switch
    {
        "e" or "el" or "elec" or "electric" or "power" => "Electricity",
        "g" or "natural gas" => "Gas",
        "w" => "Water",
        "s" or "sewage" or "wastewater" => "Sewer",
        "light" or "street light" or "streetlight" => "StreetLight",
        _ => said,
    };
}

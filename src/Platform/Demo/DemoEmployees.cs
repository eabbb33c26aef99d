namespace Tieline.Platform.Demo;

/// <summary>A department; <c>Parent</c> is the code of the one above, empty for the top.</summary>
public sealed record DemoDepartment(string Code, string Name, string Parent, int Weight, string[] Positions, string[] Skills);

public sealed record DemoPosition(string Code, string Title);

public sealed record DemoSkill(string Code, string Name);

/// <summary>A role that To Dos are given to; members are the employees of its departments.</summary>
public sealed record DemoToDoRole(string Code, string Name, string[] Departments);

/// <param name="Department">A code of <see cref="DemoEmployees.Departments"/>.</param>
/// <param name="Position">A code of <see cref="DemoEmployees.Positions"/>.</param>
/// <param name="Skills">Codes of <see cref="DemoEmployees.Skills"/>.</param>
/// <param name="SignIn">Unique: the index is part of it.</param>
/// <param name="LeftOn">Null while employed; about one in thirty-three has left.</param>
public sealed record DemoEmployee(
    long Index, string Number, string Given, string Family, string SignIn, string Email, string Extension,
    string Department, string Position, DateOnly HiredOn, DateOnly? LeftOn, string[] Skills);

/// <summary>The utility's own people: twenty-seven departments in a small hierarchy.</summary>
public sealed class DemoEmployees(ulong seed, DateOnly asOf)
{
    private readonly DemoStream _employees = new(seed, "employees");

    public static IReadOnlyList<DemoPosition> Positions { get; } =
    [
        new("GM", "General Manager"), new("DIR", "Director"), new("MGR", "Manager"), new("SUP", "Supervisor"), new("LEAD", "Team Lead"),
        new("CSR1", "Customer Service Representative I"), new("CSR2", "Customer Service Representative II"), new("CSRS", "Senior Customer Service Representative"),
        new("BILLAN", "Billing Analyst"), new("COLL", "Collections Specialist"), new("CASH", "Cashier"), new("KAM", "Key Account Manager"),
        new("MTRRD", "Meter Reader"), new("MTRTECH", "Meter Technician"), new("LINE", "Journeyman Lineworker"), new("APPR", "Apprentice Lineworker"),
        new("SVCTECH", "Field Service Technician"), new("GASTECH", "Gas Service Technician"), new("DISP", "Dispatcher"), new("SYSOP", "System Operator"),
        new("WTROP", "Water Treatment Operator"), new("PIPE", "Pipefitter"), new("LAB", "Laboratory Analyst"), new("ENG", "Engineer"), new("DES", "Service Designer"),
        new("TREE", "Arborist"), new("MECH", "Fleet Mechanic"), new("STORE", "Storekeeper"), new("ANL", "Analyst"), new("DEV", "Systems Analyst"),
        new("OPER", "Batch Operator"), new("ACCT", "Accountant"), new("HR", "Human Resources Specialist"), new("SAFE", "Safety Officer"),
        new("COMM", "Communications Specialist"), new("COUNSEL", "Attorney"), new("ADMIN", "Administrative Assistant"),
    ];

    public static IReadOnlyList<DemoSkill> Skills { get; } =
    [
        new("ES", "Spanish"), new("VI", "Vietnamese"), new("RU", "Russian"), new("ASL", "American Sign Language"), new("TTY", "Relay and TTY calls"),
        new("BILLDISP", "Billing disputes"), new("LIFESUP", "Life support customers"), new("PAYARR", "Payment arrangements"), new("COMMERCIAL", "Commercial accounts"),
        new("NETMETER", "Solar and net metering"), new("LANDLORD", "Landlord agreements"), new("ESCAL", "Escalated calls"), new("OUTAGE", "Outage desk"),
        new("GASLEAK", "Gas leak response"), new("WATERQ", "Water quality questions"), new("AMI", "Smart meters"), new("HOTLINE", "Live-line work"),
        new("CDL", "Commercial driver's licence"), new("FIRSTAID", "First aid"), new("MEDIA", "Speaking to the press"),
    ];

    public static IReadOnlyList<DemoToDoRole> ToDoRoles { get; } =
    [
        new("CSR-FOLLOWUP", "Customer follow-up", ["CUSTSVC"]),
        new("CSR-CALLBACK", "Call back at a set time", ["CUSTSVC"]),
        new("CSR-ESPANOL", "Follow-up in Spanish", ["CUSTSVC"]),
        new("SUP-COMPLAINT", "Complaints", ["CUSTSVC", "CUSTREL"]),
        new("BILLING-ERR", "Billing errors", ["BILLING"]),
        new("BILLING-REVIEW", "Bill review and adjustment", ["BILLING"]),
        new("CREDIT", "Credit and payment arrangements", ["CREDIT"]),
        new("ASSIST", "Assistance programmes", ["CREDIT", "PROGRAMS"]),
        new("CASH-POSTING", "Payment posting", ["CASHIER"]),
        new("FIELD-CHECK", "Field check", ["FIELDSVC"]),
        new("METER-CHECK", "Meter check", ["METERING"]),
        new("METER-ACCESS", "Meter access", ["METERREAD"]),
        new("DISPATCH", "Dispatch desk", ["DISPATCH"]),
        new("WATER-QUALITY", "Water quality", ["WATERQUAL"]),
        new("GAS-SAFETY", "Gas safety", ["GASOPS"]),
        new("TREE-TRIM", "Tree trimming", ["VEGETATION"]),
        new("KEY-ACCOUNTS", "Key accounts", ["KEYACCT"]),
        new("PROGRAMS", "Programmes and rebates", ["PROGRAMS"]),
        new("LIFE-SUPPORT", "Life support register", ["CUSTREL"]),
        new("PRIVACY", "Privacy requests", ["LEGAL"]),
        new("RETURNED-MAIL", "Returned mail", ["BILLING", "CUSTSVC"]),
        new("OPERATIONS", "Failed jobs and anomalies", ["ITOPS"]),
        new("REVIEWS", "Reviews of safety", ["CUSTREL"]),
        new("ESTATES", "Estates", ["CUSTREL", "BILLING"]),
        new("SUPERVISORS", "Supervisors", ["CUSTSVC", "CUSTREL"]),
    ];

    public static IReadOnlyList<DemoDepartment> Departments { get; } =
    [
        new("GMO", "General Manager's Office", "", 4, ["GM", "DIR", "ADMIN", "ANL"], []),
        new("CUSTOMER", "Customer Division", "GMO", 3, ["DIR", "ADMIN", "ANL"], ["ESCAL"]),
        new("CUSTSVC", "Customer Service", "CUSTOMER", 110, ["CSR1", "CSR1", "CSR2", "CSR2", "CSR2", "CSRS", "LEAD", "SUP"], ["BILLDISP", "PAYARR", "LANDLORD", "OUTAGE", "TTY", "LIFESUP", "ESCAL"]),
        new("CUSTREL", "Customer Relations", "CUSTOMER", 10, ["CSRS", "LEAD", "ANL", "SUP"], ["ESCAL", "LIFESUP", "BILLDISP"]),
        new("BILLING", "Billing", "CUSTOMER", 26, ["BILLAN", "BILLAN", "BILLAN", "LEAD", "SUP"], ["BILLDISP", "COMMERCIAL", "NETMETER", "AMI"]),
        new("CREDIT", "Credit & Collections", "CUSTOMER", 18, ["COLL", "COLL", "COLL", "LEAD", "SUP"], ["PAYARR", "BILLDISP"]),
        new("CASHIER", "Payment Processing", "CUSTOMER", 10, ["CASH", "CASH", "LEAD"], ["PAYARR"]),
        new("KEYACCT", "Key Accounts", "CUSTOMER", 7, ["KAM", "KAM", "MGR"], ["COMMERCIAL", "NETMETER"]),
        new("PROGRAMS", "Energy Services & Programs", "CUSTOMER", 12, ["ANL", "ANL", "ENG", "MGR"], ["NETMETER", "COMMERCIAL"]),
        new("FIELD", "Field Division", "GMO", 3, ["DIR", "ADMIN"], []),
        new("FIELDSVC", "Field Service", "FIELD", 42, ["SVCTECH", "SVCTECH", "SVCTECH", "LEAD", "SUP"], ["CDL", "FIRSTAID", "AMI"]),
        new("METERING", "Metering", "FIELD", 20, ["MTRTECH", "MTRTECH", "MTRTECH", "LEAD"], ["AMI", "NETMETER", "FIRSTAID"]),
        new("METERREAD", "Meter Reading", "FIELD", 22, ["MTRRD", "MTRRD", "MTRRD", "MTRRD", "LEAD"], ["FIRSTAID"]),
        new("DISPATCH", "Dispatch", "FIELD", 18, ["DISP", "DISP", "LEAD", "SUP"], ["OUTAGE", "GASLEAK"]),
        new("SYSOPS", "System Operations", "FIELD", 14, ["SYSOP", "SYSOP", "ENG"], ["OUTAGE"]),
        new("ELECTRIC", "Electric Line Crews", "FIELD", 46, ["LINE", "LINE", "LINE", "APPR", "LEAD", "SUP"], ["HOTLINE", "CDL", "FIRSTAID"]),
        new("VEGETATION", "Vegetation Management", "FIELD", 8, ["TREE", "TREE", "LEAD"], ["CDL", "FIRSTAID"]),
        new("WATEROPS", "Water Operations", "FIELD", 26, ["WTROP", "PIPE", "PIPE", "LEAD", "SUP"], ["CDL", "WATERQ"]),
        new("WATERQUAL", "Water Quality", "WATEROPS", 7, ["LAB", "LAB", "ENG"], ["WATERQ"]),
        new("GASOPS", "Gas Operations", "FIELD", 20, ["GASTECH", "GASTECH", "GASTECH", "LEAD", "SUP"], ["GASLEAK", "CDL", "FIRSTAID"]),
        new("ENGINEER", "Engineering & Design", "GMO", 18, ["ENG", "DES", "DES", "MGR"], ["NETMETER"]),
        new("FLEET", "Fleet & Stores", "GMO", 12, ["MECH", "STORE", "STORE", "LEAD"], ["CDL"]),
        new("ITOPS", "Information Technology", "GMO", 20, ["DEV", "DEV", "OPER", "MGR"], ["AMI"]),
        new("FINANCE", "Finance", "GMO", 14, ["ACCT", "ACCT", "ANL", "MGR"], []),
        new("HRSAFETY", "People & Safety", "GMO", 10, ["HR", "HR", "SAFE", "MGR"], ["FIRSTAID"]),
        new("COMMS", "Communications", "GMO", 6, ["COMM", "COMM", "MGR"], ["MEDIA"]),
        new("LEGAL", "Legal & Compliance", "GMO", 4, ["COUNSEL", "ANL", "ADMIN"], ["MEDIA"]),
    ];

    private static readonly Weighted<DemoDepartment> s_byWeight = new(Departments.Select(d => (d, (double)d.Weight)));

    /// <summary>Employee <paramref name="i"/> (from 0). The first twenty-seven are one in each department, so a small world has them all.</summary>
    public DemoEmployee Employee(long i)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(i);
        var random = _employees.At(i);
        var first = i < Departments.Count;
        var department = first ? Departments[(int)i] : s_byWeight.Pick(ref random);
        var family = DemoNames.Surnames.Pick(ref random);
        var given = DemoNames.Given(ref random, random.Chance(0.48), family);
        // Whoever opens the department's list is its head; the positions are listed from the hands to the head.
        var position = i == 0 ? "GM" : first ? Head(department) : Hand(ref random, department);
        var years = random.NextDouble();
        var hired = asOf.AddDays((first ? -1_500 : -40) - (int)(years * years * 28 * 365));
        DateOnly? left = !first && random.Chance(0.03) ? asOf.AddDays(-random.Between(1, 38)) : null;

        var skills = new List<string>(3);
        foreach (var skill in department.Skills)
            if (random.Chance(0.28))
                skills.Add(skill);
        var language = family.Origin switch { "es" when random.Chance(0.7) => "ES", "vi" => "VI", "ru" => "RU", _ => random.Chance(0.06) ? "ES" : "" };
        if (language.Length > 0)
            skills.Add(language);

        var name = $"{given.Plain[0]}{family.Plain}";
        var signIn = $"{(name.Length > 12 ? name[..12] : name)}{i + 1}";
        return new DemoEmployee(i, $"E{10_001 + i}", given.Text, family.Text, signIn, $"{signIn}@utility.example.com",
            $"{2000 + (i % 7000)}", department.Code, position, hired, left, [.. skills]);
    }

    private static string Head(DemoDepartment department) =>
        Array.Find(department.Positions, p => p is "DIR" or "MGR" or "SUP") ?? Array.Find(department.Positions, p => p is "LEAD") ?? department.Positions[^1];

    private static string Hand(ref DemoRandom random, DemoDepartment department)
    {
        var position = random.Pick(department.Positions);
        // One general manager and one director each; the heads of other departments are few.
        return position is "GM" or "DIR" || (position is "MGR" or "SUP" && random.Chance(0.6)) ? Array.Find(department.Positions, p => p is not ("GM" or "DIR" or "MGR" or "SUP"))! : position;
    }
}

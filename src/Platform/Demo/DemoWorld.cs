namespace Tieline.Platform.Demo;

/// <summary>
/// The whole demonstration world of one plan. Nothing is kept: item i is computed when asked for, from the seed alone, so any range
/// can be made on any thread. Safe for use by several threads.
/// </summary>
public sealed class DemoWorld
{
    private readonly DemoContacts _contacts;

    public DemoWorld(DemoPlan plan)
    {
        Plan = plan;
        Places = new DemoPlaces(plan.Seed);
        People = new DemoPeople(plan.Seed, plan.AsOf);
        Employees = new DemoEmployees(plan.Seed, plan.AsOf);
        _contacts = new DemoContacts(this);
    }

    public DemoPlan Plan { get; }

    public DemoPlaces Places { get; }

    public DemoPeople People { get; }

    public DemoEmployees Employees { get; }

    /// <summary>The address at which person <paramref name="i"/> is served.</summary>
    public DemoPremise Premise(long i) => Places.Premise(i);

    public DemoPerson Person(long i) => People.Person(i);

    public DemoEmployee Employee(long i) => Employees.Employee(i);

    /// <summary>Contact <paramref name="i"/>, 0 &lt;= i &lt; <see cref="DemoPlan.Contacts"/>; they follow each other in time, day by day.</summary>
    public DemoContact Contact(long i) => _contacts.Contact(i);
}

using Tieline.Organization.Absences;
using Tieline.Organization.Departments;
using Tieline.Organization.Positions;
using Tieline.Platform.Data;

namespace Tieline.Organization.Employees;

/// <summary>An employee as the directory lists them.</summary>
internal sealed record EmployeeRow
{
    public long Id { get; init; }
    public string Number { get; init; } = "";
    public string Name { get; init; } = "";
    public long DepartmentId { get; init; }
    public string Department { get; init; } = "";
    public long PositionId { get; init; }
    public string Position { get; init; } = "";
    public string? Email { get; init; }
    public string? Phone { get; init; }
    public DateOnly HiredOn { get; init; }
    public DateOnly? LeftOn { get; init; }
    /// <summary>Last day of the absence they are in today.</summary>
    public DateOnly? AwayUntil { get; init; }
    public int Version { get; init; }
    internal string NameKey { get; init; } = "";

    public static IQueryable<EmployeeRow> Of(AppDb db, DateOnly today) =>
        from e in db.Set<Employee>()
        join d in db.Set<Department>() on e.DepartmentId equals d.Id
        join p in db.Set<Position>() on e.PositionId equals p.Id
        select new EmployeeRow
        {
            Id = e.Id, Number = e.Number, Name = e.Name, NameKey = e.NameKey, DepartmentId = d.Id, Department = d.Name, PositionId = p.Id, Position = p.Title,
            Email = e.Email, Phone = e.Phone, HiredOn = e.HiredOn, LeftOn = e.LeftOn, Version = e.Version,
            AwayUntil = db.Set<Absence>()
                .Where(a => a.EmployeeId == e.Id && a.CancelledAt == null && a.FromOn <= today && a.ToOn >= today).Max(a => (DateOnly?)a.ToOn),
        };
}

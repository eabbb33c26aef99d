using System.Net.Mail;
using Microsoft.EntityFrameworkCore;
using Tieline.Organization.Departments;
using Tieline.Organization.Positions;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Employees;

/// <summary>What is typed about an employee, when adding and when changing one.</summary>
internal interface IEmployeeTyped
{
    string? Name { get; }
    long DepartmentId { get; }
    long PositionId { get; }
    string? Email { get; }
    string? Phone { get; }
    DateOnly? HiredOn { get; }
}

/// <summary>What can be changed of an employee, checked.</summary>
internal sealed record EmployeeDetails(string Name, long DepartmentId, long PositionId, string? Email, string? Phone, DateOnly HiredOn)
{
    private static readonly DateOnly Earliest = new(1930, 1, 1);

    /// <param name="before">The employee as it is; a closed department or position may stay.</param>
    public static async Task<EmployeeDetails> Check(AppDb db, IEmployeeTyped typed, Employee? before, Problems problems, CancellationToken ct)
    {
        var name = problems.Text(nameof(typed.Name), "Name", typed.Name, 120);
        if (typed.DepartmentId != before?.DepartmentId && !await db.Set<Department>().AnyAsync(d => d.Id == typed.DepartmentId && d.Active, ct))
            problems.Add(nameof(typed.DepartmentId), "Choose a department that is active.", "employee.department.unknown");
        if (typed.PositionId != before?.PositionId && !await db.Set<Position>().AnyAsync(p => p.Id == typed.PositionId && p.Active, ct))
            problems.Add(nameof(typed.PositionId), "Choose a position that is active.", "employee.position.unknown");
        var email = problems.Text(nameof(typed.Email), "E-mail", typed.Email, 200, required: false);
        if (email.Length > 0 && !MailAddress.TryCreate(email, out _))
            problems.Add(nameof(typed.Email), "This is not an e-mail address.", "employee.email");
        var phone = problems.PhoneText(nameof(typed.Phone), "Phone", typed.Phone, 40);
        if (typed.HiredOn is not { } hired)
            problems.List.Add(Problem.Required(nameof(typed.HiredOn), "Hired on"));
        else if (hired < Earliest || hired > DateOnly.FromDateTime(db.Now).AddYears(2) || hired > before?.LeftOn)
            problems.Add(nameof(typed.HiredOn), "This day cannot be right.", "employee.hired_on");
        return new EmployeeDetails(name, typed.DepartmentId, typed.PositionId, OrNull(email), OrNull(phone), typed.HiredOn ?? default);
    }

    private static string? OrNull(string text) => text.Length == 0 ? null : text;
}

using Tieline.Organization.Departments;
using Tieline.Organization.Employees;
using Tieline.Organization.Positions;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Organization;

/// <summary>People for the tests of this room.</summary>
internal static class OrganizationWorld
{
    public static readonly DateOnly Hired = new(2020, 3, 2);

    public static async Task<long> Employee(this TestScope scope, string number, string name = "Ana Ruiz")
    {
        var department = (await scope.Get<ListDepartments>().Handle(new(), CancellationToken.None)).Value.Items[0].Id;
        var position = (await scope.Get<ListPositions>().Handle(new(), CancellationToken.None)).Value.Items[0].Id;
        return (await scope.Get<AddEmployee>().Handle(new(number, name, department, position, null, null, Hired), CancellationToken.None)).Value.Id;
    }

    public static string Rule<T>(this Outcome<T> outcome) => outcome.Ok ? "ok" : string.Join(' ', outcome.Problems.Select(p => p.Rule));
}

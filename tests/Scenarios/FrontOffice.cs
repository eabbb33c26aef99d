using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tieline.Organization.Departments;
using Tieline.Organization.Employees;
using Tieline.Organization.Positions;
using Tieline.Organization.ToDoRoles;
using Tieline.Platform.Security;
using Tieline.Tests.Support;

namespace Tieline.Tests.Scenarios;

/// <summary>Two CSRs and a dispatcher at their desks, each signed in; what they do goes over HTTP.</summary>
internal sealed class FrontOffice : IAsyncDisposable
{
    private FrontOffice(TestHouse house) => House = house;

    public TestHouse House { get; }
    public long Ana { get; private set; }
    public long Bea { get; private set; }
    public long Dispatcher { get; private set; }
    public long Dispatch { get; private set; }
    public HttpClient AnasDesk { get; private set; } = null!;
    public HttpClient BeasDesk { get; private set; } = null!;
    public HttpClient DispatchDesk { get; private set; } = null!;

    public static async Task<FrontOffice> Open(TestDatabase on)
    {
        var office = new FrontOffice(await TestHouse.Open(on));
        await using (var scope = office.House.As(Actor.Process("test")))
        {
            var db = scope.Db;
            var (department, position) = (new Department(db.NextId(), "T-CS", "Customer service", null), new Position(db.NextId(), "T-CSR", "CSR"));
            db.AddRange(department, position);
            Employee Hired(string number, string name)
            {
                var employee = new Employee(db.NextId(), number, name, department.Id, position.Id, null, null, new DateOnly(2020, 1, 1));
                db.Add(employee);
                return employee;
            }
            (office.Ana, office.Bea, office.Dispatcher) = (Hired("T-1", "Ana Long").Id, Hired("T-2", "Bea Short").Id, Hired("T-3", "Cal Wire").Id);
            var role = new ToDoRole(db.NextId(), "T-DISPATCH", "Dispatch desk", "Sends crews");
            db.AddRange(role, new ToDoRoleMember(role.Id, office.Dispatcher));
            await db.SaveChangesAsync();
            office.Dispatch = role.Id;
        }
        office.AnasDesk = await office.House.SignedIn(Roles.Csr, office.Ana);
        office.BeasDesk = await office.House.SignedIn(Roles.Csr, office.Bea);
        office.DispatchDesk = await office.House.SignedIn(Roles.BackOffice, office.Dispatcher);
        return office;
    }

    public async Task<long> Customer(string given, string family, string? phone = null) =>
        (await Post(AnasDesk, "/api/v1/people", new { kind = "Individual", given, family, phones = phone is null ? null : new[] { new { number = phone } }, confirmedNew = true }, HttpStatusCode.Created)).GetProperty("id").GetInt64();

    /// <summary>A call comes in.</summary>
    public static async Task<long> Call(HttpClient desk, string number) =>
        (await Post(desk, "/api/v1/interactions", new { channel = "Phone", numberOrPlace = number }, HttpStatusCode.Created)).GetProperty("id").GetInt64();

    public static async Task<JsonElement> Post(HttpClient desk, string path, object body, HttpStatusCode expected = HttpStatusCode.OK, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        using var answer = await desk.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == expected, $"{path}: {answer.StatusCode} {text}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    public static string Rule(JsonElement problems) => problems.GetProperty("errors")[0].GetProperty("rule").GetString()!;

    public ValueTask DisposeAsync() => House.DisposeAsync();
}

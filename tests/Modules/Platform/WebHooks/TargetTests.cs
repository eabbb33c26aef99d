using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Platform.Jobs;
using Tieline.Platform.Uses;
using Tieline.Platform.WebHooks;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Platform.WebHooks;

public class TargetTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("https://127.0.0.1/"), InlineData("https://2130706433/"), InlineData("https://0x7f.0.0.1/"), InlineData("https://0177.0.0.1/"), InlineData("https://127.1/")]
    [InlineData("https://[::1]/"), InlineData("https://[::ffff:127.0.0.1]/"), InlineData("https://[::ffff:7f00:1]/"), InlineData("https://[::127.0.0.1]/"), InlineData("https://[64:ff9b::7f00:1]/")]
    [InlineData("https://localhost/"), InlineData("https://LocalHost./"), InlineData("https://a.localhost/"), InlineData("https://0.0.0.0/"), InlineData("https://10.1.2.3/"), InlineData("https://172.16.0.1/")]
    [InlineData("https://192.168.1.1/"), InlineData("https://169.254.169.254/latest/meta-data"), InlineData("https://100.64.0.1/"), InlineData("https://224.0.0.1/"), InlineData("https://[fe80::1]/")]
    [InlineData("https://[fd00::1]/"), InlineData("https://[ff02::1]/"), InlineData("https://[2002:7f00:1::]/"), InlineData("https://[2001:db8::1]/")]
    [InlineData("http://example.com/"), InlineData("ftp://example.com/"), InlineData("file:///etc/passwd"), InlineData("https://user:word@example.com/"), InlineData("https://example.com/#a")]
    [InlineData("//example.com/"), InlineData("example.com"), InlineData("https://"), InlineData("javascript:alert(1)"), InlineData("https://exa mple.com/")]
    public void What_is_not_public_or_not_https_is_refused_when_it_is_typed(string typed)
    {
        Assert.True(WebHookTargets.TryParse("none", out var targets));
        Assert.NotNull(targets.Refusal(typed, out _));
    }

    [Theory]
    [InlineData("none", "https://example.com/in", true), InlineData("none", "https://93.184.216.34/", true), InlineData("none", "https://[2606:2800:220:1::]/", true)]
    [InlineData("127.0.0.1", "http://127.0.0.1:8080/", true), InlineData("127.0.0.0/8", "http://2130706433/", true), InlineData("127.0.0.1", "http://[::ffff:127.0.0.1]/", true)]
    [InlineData("crm.local, 10.0.0.0/8", "http://CRM.local/", true), InlineData("crm.local, 10.0.0.0/8", "http://10.200.0.1/", true), InlineData("crm.local", "http://other.local/", false)]
    [InlineData("127.0.0.1", "http://127.0.0.2/", false), InlineData("10.0.0.0/8", "https://[::ffff:11.0.0.1]/", true), InlineData("localhost", "http://localhost:80/", true)]
    public void What_the_setting_names_is_allowed(string setting, string typed, bool allowed)
    {
        Assert.True(WebHookTargets.TryParse(setting, out var targets));
        Assert.Equal(allowed, targets.Refusal(typed, out _) is null);
    }

    [Theory]
    [InlineData("a b"), InlineData("https://example.com"), InlineData("10.0.0.0/33")]
    public void The_setting_refuses_rubbish(string text) => Assert.False(WebHookTargets.TryParse(text, out _));

    [Theory, BothDatabases]
    public async Task A_name_is_asked_once_for_each_try_and_what_it_means_then_is_judged(TestDatabase on)
    {
        var names = new Names();
        await using var house = await TestHouse.Open(on, services => services.AddSingleton<IFindAddresses>(names));
        await using var outside = await Receiver.Open();
        await house.Allow("hook.example.com");
        await house.Hook($"http://hook.example.com:{outside.Port}/in");
        // The name is allowed no more, only one address is: what it means today is private, tomorrow elsewhere, then here.
        await house.Allow("127.0.0.1");
        await house.Changed();
        foreach (var (address, error) in ((string, string?)[])[
            ("169.254.169.254", "Refused: hook.example.com is 169.254.169.254"), ("::ffff:10.0.0.7", "Refused"), ("::1", "Refused"), ("93.184.216.34", "Refused"), ("127.0.0.1", null)])
        {
            names.Next.Enqueue(IPAddress.Parse(address));
            await house.TryOn(1);
            var sent = Assert.Single(await house.Deliveries());
            Assert.StartsWith(error ?? "", sent.LastError ?? "", StringComparison.Ordinal);
            Assert.Equal(error is null ? DeliveryState.Delivered : DeliveryState.Waiting, sent.State);
        }
        Assert.Equal(5, names.Asked);
        Assert.Equal($"hook.example.com:{outside.Port}", Assert.Single(outside.All).Headers["Host"]);
    }

    [Theory, BothDatabases]
    public async Task A_redirect_is_not_followed_and_a_big_answer_is_read_at_its_beginning_only(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var outside = await Receiver.Open();
        await house.Allow("127.0.0.1");
        await house.Hook($"{outside.Address}/in");
        outside.Answer = http =>
        {
            http.Response.Redirect("/elsewhere");
            http.Response.Headers.SetCookie = "a=b";
            return Task.CompletedTask;
        };
        await house.Changed();
        await house.Settle();
        Assert.Equal((302, DeliveryState.Waiting), Assert.Single(await house.Deliveries()) is var d ? (d.LastStatus, d.State) : default);
        Assert.Equal("/in", Assert.Single(outside.All).Path);

        var written = 0L;
        outside.Answer = async http =>
        {
            http.Response.ContentType = "text/html";
            var block = new byte[64 * 1024];
            Array.Fill(block, (byte)'x');
            for (; written < 200L * 1024 * 1024 && !http.RequestAborted.IsCancellationRequested; written += block.Length)
            {
                await http.Response.Body.WriteAsync(block, http.RequestAborted);
                // What is written to a closed connection is dropped at once: time to hear that it is closed.
                await Task.Delay(2, http.RequestAborted);
            }
        };
        await house.TryOn(1);
        var big = Assert.Single(await house.Deliveries());
        Assert.Equal((DeliveryState.Delivered, 2_048), (big.State, big.LastAnswer!.Length));
        Assert.True(written < 32L * 1024 * 1024, $"{written:N0} bytes were taken.");
        Assert.DoesNotContain(outside.All, g => g.Headers.ContainsKey("Cookie"));
    }

    [Theory, BothDatabases]
    public async Task Bytes_are_no_answer_to_be_shown_and_a_closed_door_and_a_certificate_of_nobody_are_failures(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var outside = await Receiver.Open();
        await house.Allow("127.0.0.1");
        await house.Hook(outside.Address);
        await house.Hook("http://127.0.0.1:1/");
        // Speaks no TLS at all.
        await house.Hook(outside.Address.Replace("http:", "https:", StringComparison.Ordinal));
        outside.Answer = http =>
        {
            http.Response.ContentType = "application/octet-stream";
            return http.Response.WriteAsync("MZ", Token);
        };
        await house.Changed();
        await house.Settle();
        var sent = await house.Deliveries();
        Assert.Equal([DeliveryState.Delivered, DeliveryState.Waiting, DeliveryState.Waiting], sent.Select(d => d.State));
        Assert.Null(sent[0].LastAnswer);
        Assert.All(sent[1..], d => Assert.True(d is { LastStatus: null, LastError.Length: > 0 }));
    }

    [Theory, BothDatabases]
    public async Task A_target_that_hangs_holds_up_neither_the_others_nor_the_house(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on, services =>
        {
            services.AddSingleton(new HookPatience(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(6)));
            services.AddSingleton(new JobOptions(Slots: 1, OutsideSlots: 2));
        });
        await using var hanging = await Receiver.Open();
        await using var quick = await Receiver.Open();
        await house.Allow("127.0.0.1");
        hanging.Answer = http => Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        await house.Hook(hanging.Address, "person.changed");
        await house.Hook(quick.Address, "person.added");
        for (var i = 0; i < 8; i++)
            await house.Changed();
        var worker = house.Services.GetRequiredService<JobWorker>();
        await worker.StartAsync(Token);
        try
        {
            await Until(() => !hanging.All.IsEmpty);
            await house.Publish(new Tieline.Customers.PersonAdded(1));
            await Until(() => !quick.All.IsEmpty);
            Assert.Single(hanging.All);
            Assert.DoesNotContain(await house.Deliveries(), d => d.LastError is not null);
            // It is given up after a while, and others of it are tried.
            await Until(() => hanging.All.Count > 1);
            await Until(async () => (await house.Deliveries()).Any(d => d.LastError == "No answer within 6 s."));
        }
        finally
        {
            await worker.StopAsync(CancellationToken.None);
        }
    }

    [Theory, BothDatabases]
    public async Task A_paused_hook_is_not_tested_and_an_unknown_one_is_not_found(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var hook = await house.Hook("https://example.com/in");
        Assert.True((await house.Do<PauseWebHook, PauseWebHook.Input, Done>(new(hook.Id))).Ok);
        Assert.Equal("web_hook.paused", (await house.Do<PingWebHook, PingWebHook.Input, Added>(new(hook.Id))).Problems[0].Rule);
        Assert.Equal(Problem.NotFoundRule, (await house.Do<PingWebHook, PingWebHook.Input, Added>(new(1))).Problems[0].Rule);
        Assert.Equal(Problem.NotFoundRule, (await house.Do<SendAgain, SendAgain.Input, Done>(new(1))).Problems[0].Rule);
    }

    private static Task Until(Func<bool> so) => Until(() => Task.FromResult(so()));

    private static async Task Until(Func<Task<bool>> so)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(40));
        while (!await so())
            await Task.Delay(50, limit.Token);
    }
}

using System.Net;
using System.Text;
using System.Text.Json;
using Bridgehead.Cli;

namespace Bridgehead.Pure.Tests.Cli;

/// <summary>A cloud in a table: answers by method and path, and remembers what was asked.</summary>
internal sealed class FakeCloud : HttpMessageHandler
{
    public const string Token = "gAAAA-secret-token";
    public const string Server = "11111111-2222-3333-4444-555555555555";
    public const string Image = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";
    public const string Network = "99999999-8888-7777-6666-555555555555";
    private readonly Dictionary<string, Queue<(int Status, string Body)>> _answers = new(StringComparer.Ordinal);

    public FakeCloud()
    {
        On("POST http://cloud/identity/v3/auth/tokens", $$$"""
            {"token":{"user":{"id":"u1","name":"demo"},"project":{"id":"p1","name":"demo"},"roles":[{"id":"member","name":"member"}],"expires_at":"2030-01-01T00:00:00.000000Z",
             "catalog":[{"type":"identity","name":"keystone","endpoints":[{"interface":"public","region":"RegionOne","url":"http://cloud/identity/v3"}]},
                        {"type":"compute","name":"nova","endpoints":[{"interface":"admin","region":"RegionOne","url":"http://admin/compute/v2.1"},
                            {"interface":"public","region":"RegionOne","url":"http://cloud/compute/v2.1"},{"interface":"public","region":"RegionTwo","url":"http://two/compute/v2.1/"}]}]}}
            """, 201);
    }

    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal)
    {
        ["OS_AUTH_URL"] = "http://cloud/identity",
        ["OS_USERNAME"] = "demo",
        ["OS_PASSWORD"] = "pass-word",
        ["OS_PROJECT_NAME"] = "demo",
    };

    /// <summary>Each request as <c>METHOD path body</c>, without the login.</summary>
    public List<string> Asked { get; } = [];

    public List<HttpRequestMessage> Requests { get; } = [];

    public string Login { get; private set; } = "";

    public Dictionary<string, string> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>Answers of one request follow each other; the last stays.</summary>
    public FakeCloud On(string request, string body, int status = 200)
    {
        if (!_answers.TryGetValue(request, out var queue))
        {
            _answers[request] = queue = [];
        }

        queue.Enqueue((status, body));
        return this;
    }

    public bool Knows(string request) => _answers.ContainsKey(request);

    public FakeCloud WithServer(string name = "myserver", string id = Server, string status = "ACTIVE", string more = "")
    {
        var body = ServerJson(name, id, status, more);
        return On($"GET servers/{id}", $$$"""{"server":{{{body}}}}""").On($"GET servers/detail?name=^{name}$", $$"""{"servers":[{{body}}]}""");
    }

    public static string ServerJson(string name, string id = Server, string status = "ACTIVE", string more = "") => $$"""
        {"id":"{{id}}","name":{{JsonSerializer.Serialize(name)}},"status":"{{status}}","OS-EXT-STS:task_state":null,"OS-EXT-STS:power_state":1,"key_name":null,"metadata":{"b":"2","a":"1"},
         "image":{"id":"{{Image}}"},"flavor":{"id":"1"},"links":[],"tenant_id":"p1","security_groups":[{"name":"default"},{"name":"web"}],
         "addresses":{"mynet":[{"addr":"10.10.10.2","version":4},{"addr":"192.168.1.233","version":4}]}{{more}}}
        """;

    public FakeCloud WithImageAndFlavor() => this
        .On($"GET images/{Image}", $$$"""{"image":{"id":"{{{Image}}}","name":"cirros","status":"ACTIVE"}}""")
        .On("GET images/detail?name=cirros", $$"""{"images":[{"id":"{{Image}}","name":"cirros","status":"ACTIVE"}]}""")
        .On("GET flavors/1", """{"flavor":{"id":"1","name":"m1.tiny"}}""")
        .On("GET flavors/detail?is_public=None", """{"flavors":[{"id":"1","name":"m1.tiny","ram":512},{"id":"2","name":"m1.small","ram":2048}]}""");

    public FakeCloud WithGroups() => On("GET os-security-groups", """
        {"security_groups":[{"id":1,"name":"default","description":"default","tenant_id":"p1","rules":[
            {"id":7,"parent_group_id":1,"ip_protocol":"tcp","from_port":22,"to_port":22,"ip_range":{"cidr":"0.0.0.0/0"},"group":{}},
            {"id":8,"parent_group_id":1,"ip_protocol":null,"from_port":null,"to_port":null,"ip_range":{},"group":{"name":"web","tenant_id":"p1"}}]},
         {"id":12,"name":"web","description":"","tenant_id":"p1","rules":[]},{"id":13,"name":"twin","description":"","rules":[]},{"id":14,"name":"twin","description":"","rules":[]}]}
        """);

    public async Task<Run> RunAsync(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await NovaCommand.RunAsync(args, new NovaSurroundings
        {
            Output = output,
            Error = error,
            Environment = name => Environment.GetValueOrDefault(name),
            Handler = this,
            ReadFile = path => Files.TryGetValue(path, out var text) ? Encoding.UTF8.GetBytes(text) : throw new FileNotFoundException("no such file"),
            WriteNewFile = (path, text) => { if (!Files.TryAdd(path, text)) { throw new IOException("it is there"); } },
        });
        return new Run(code, $"{output}", $"{error}");
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        var url = Uri.UnescapeDataString(request.RequestUri!.AbsoluteUri);
        var key = $"{request.Method} {url.Replace("http://cloud/compute/v2.1/", "", StringComparison.Ordinal)}";
        Requests.Add(request);
        if (key.EndsWith("/auth/tokens", StringComparison.Ordinal))
        {
            Login = body;
        }
        else
        {
            Asked.Add($"{key} {body}".TrimEnd());
        }

        var (status, text) = !_answers.TryGetValue(key, out var queue) ? (404, """{"itemNotFound":{"code":404,"message":"There is no such thing."}}""")
            : queue.Count > 1 ? queue.Dequeue() : queue.Peek();
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(text, Encoding.UTF8, "application/json") };
        response.Headers.Add("x-openstack-request-id", "req-1");
        response.Headers.Add("X-Subject-Token", Token);
        return response;
    }
}

internal sealed record Run(int Code, string Output, string Error);

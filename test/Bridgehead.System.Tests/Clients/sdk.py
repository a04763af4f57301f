#!/usr/bin/python3
"""openstacksdk 0.101: a cloud from nothing to a server that answers, and back to nothing. Takes clouds.yaml's entry, or with none the OS_* variables."""
import sys

import openstack
from openstack import exceptions


def main(*cloud):
    conn = openstack.connect(cloud=cloud[0]) if cloud else openstack.connect()
    assert not conn.has_service("network"), "a catalogue with a network service makes the SDK speak Neutron's language"
    assert not conn.has_service("volume")
    look(conn)
    identity(conn)
    use(conn)
    print("all of it worked")


def look(conn):
    assert [image.name for image in conn.list_images()] == ["busybox"]
    assert [image.name for image in conn.image.images()] == ["busybox"]
    assert {flavor.name for flavor in conn.list_flavors()} >= {"m1.tiny", "m1.small"}
    assert {flavor.id for flavor in conn.compute.flavors(details=True)} >= {"1", "2"}
    assert conn.list_servers() == [] and list(conn.compute.servers()) == [] and list(conn.compute.servers(all_projects=True)) == []
    assert conn.list_keypairs() == []
    assert [group.name for group in conn.list_security_groups()] == ["default"]
    assert conn.list_floating_ips() == []
    assert conn.get_compute_limits().max_total_instances == 10
    assert conn.compute.get_limits().absolute.instances == 10
    assert [zone.name for zone in conn.compute.availability_zones()] == ["nova"]
    assert conn.list_availability_zone_names() == ["nova"]
    assert [host.name for host in conn.compute.hypervisors(details=True)] == ["sandbox"]
    assert {service.binary for service in conn.compute.services()} >= {"nova-compute", "nova-network"}
    assert conn.get_flavor_by_ram(500).name == "m1.tiny"
    assert conn.get_image("nosuch") is None and conn.get_server("nosuch") is None and conn.get_flavor("nosuch") is None
    assert conn.current_project.name == "admin"


def identity(conn):
    assert [project.name for project in conn.list_projects()] == ["admin"]
    project = conn.create_project(name="robots", domain_id="default")
    user = conn.create_user(name="robot", password="x", domain_id="default", default_project=project.id)
    assert conn.grant_role("member", user=user.id, project=project.id)
    assert [found.role["id"] for found in conn.identity.role_assignments(user_id=user.id)] == [conn.get_role("member").id]
    robot = conn.connect_as(username="robot", password="x", project_name="robots", user_domain_name="Default", project_domain_name="Default")
    assert robot.list_servers() == []
    refused(403, lambda: robot.create_flavor("mine", 64, 1, 1))
    assert conn.delete_user("robot") and conn.delete_project("robots")


def use(conn):
    keypair = conn.create_keypair("sdk")
    assert "PRIVATE KEY" in keypair.private_key
    refused(409, lambda: conn.create_keypair("sdk"))
    group = conn.create_security_group("web", "for the web")
    for protocol, first, last in (("icmp", -1, -1), ("tcp", 22, 22), ("tcp", 8080, 8080)):
        rule = conn.create_security_group_rule(group.id, port_range_min=first, port_range_max=last, protocol=protocol, remote_ip_prefix="0.0.0.0/0")
    assert conn.delete_security_group_rule(rule.id)
    assert len(conn.get_security_group("web").security_group_rules) == 2

    server = conn.create_server("one", image="busybox", flavor="m1.tiny", key_name="sdk", security_groups=["web"], meta={"role": "web"}, wait=True, auto_ip=True, timeout=60)
    assert server.status == "ACTIVE" and server.interface_ip == "192.168.1.233" and server.addresses["mynet"][0]["addr"] == "10.10.10.2", server
    assert server.metadata == {"role": "web"} and server.key_name == "sdk" and [found["name"] for found in server.security_groups] == ["web"]
    assert [found.name for found in conn.list_servers(detailed=True)] == ["one"]
    assert conn.get_server("one").public_v4 == "192.168.1.233"
    assert [found.name for found in conn.compute.servers(status="ACTIVE")] == ["one"] and list(conn.compute.servers(status="SHUTOFF")) == []
    address = conn.list_floating_ips()[0]
    assert address.attached and address.floating_ip_address == "192.168.1.233" and address.fixed_ip_address == "10.10.10.2"
    conn.set_server_metadata("one", {"colour": "red"})
    conn.delete_server_metadata("one", ["role"])
    assert conn.get_server("one").metadata == {"colour": "red"}
    assert conn.update_server("one", name="eins").name == "eins"
    conn.compute.stop_server(server)
    conn.compute.wait_for_server(conn.compute.get_server(server.id), status="SHUTOFF", wait=60)
    refused(409, lambda: conn.compute.stop_server(server))
    conn.compute.start_server(server)
    conn.compute.wait_for_server(conn.compute.get_server(server.id), wait=60)
    conn.compute.reboot_server(server, "HARD")
    conn.compute.wait_for_server(conn.compute.get_server(server.id), wait=60)
    assert conn.get_server_console("eins")
    refused(400, lambda: conn.create_server("bad", image="busybox", flavor="m1.tiny", key_name="nosuch"))

    # Its delete_ips looks into a list that it keeps for some seconds, and may find nothing.
    assert conn.delete_floating_ip(address.id)
    assert conn.delete_server("eins", wait=True, timeout=60)
    assert conn.compute.get("/os-floating-ips").json() == {"floating_ips": []} and list(conn.compute.servers()) == []
    assert conn.delete_security_group("web") and conn.delete_keypair("sdk") and not conn.delete_keypair("sdk")


def refused(status, work):
    try:
        work()
    except exceptions.SDKException as problem:
        assert getattr(problem, "status_code", None) == status, problem
        return
    raise AssertionError(f"{status} was expected")


if __name__ == "__main__":
    main(*sys.argv[1:])
